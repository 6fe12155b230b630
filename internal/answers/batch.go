package answers

import (
	"context"
	"errors"
	"fmt"
)

// Batch is a durable record of requests that were handed to a provider's batch
// service, so that a restart finds them again.
type Batch struct {
	// Name is the caller's own, unique name. A batch is saved under it before it
	// is submitted, and again with the provider's ID after that, so that a crash
	// between the two leaves a trace to look for at the provider.
	Name              string
	Stage             string // set by the session that saves it
	Provider, BaseURL string
	ID                string
	InputFile         string // the provider's ids of files
	OutputFile        string
	ErrorFile         string
	State             string // as the provider words it
	Items             []BatchItem
}

// BatchItem is one request of a batch. It is stored whole, so that its answer
// can be recorded even when the pipeline was changed meanwhile.
type BatchItem struct {
	CustomID string
	Request  Request
}

// SaveBatch stores a batch of the session's stage, or what changed of it. Items
// are stored with the first call and left as they are by calls without any.
func (s *Session) SaveBatch(ctx context.Context, b Batch) error {
	if b.Name == "" {
		return errors.New("a batch needs a name")
	}
	if s.replay {
		return fmt.Errorf("stage %q replays stored answers: no batch can be saved", s.stage)
	}
	if err := s.check(Request{Provider: b.Provider, BaseURL: b.BaseURL}); err != nil {
		return fmt.Errorf("the batch %q: %w", b.Name, err)
	}
	for _, item := range b.Items {
		if err := s.check(item.Request); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.o.Store.change(func(w *writer) error {
		_, err := w.exec(`INSERT INTO batches VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT(name) DO UPDATE SET id = excluded.id,
			input_file = excluded.input_file, output_file = excluded.output_file, error_file = excluded.error_file, state = excluded.state`,
			b.Name, s.stage, b.Provider, b.BaseURL, b.ID, b.InputFile, b.OutputFile, b.ErrorFile, b.State)
		for _, item := range b.Items {
			k := item.Request.Key()
			if err == nil {
				err = w.addRequest(k, item.Request)
			}
			if err == nil {
				_, err = w.exec(`INSERT INTO batch_items VALUES(?, ?, ?, ?)`, b.Name, item.CustomID, item.Request.Row, k[:])
			}
		}
		if err != nil {
			return fmt.Errorf("saving the batch %q: %w", b.Name, err)
		}
		return nil
	})
}

// Batches lists a stage's batches that are not finished, by name, with their
// items by custom id.
func (s *Store) Batches(ctx context.Context, stage string) ([]Batch, error) {
	var all []Batch
	err := s.list(ctx, func(scan func(...any) error) error {
		var b Batch
		err := scan(&b.Name, &b.Stage, &b.Provider, &b.BaseURL, &b.ID, &b.InputFile, &b.OutputFile, &b.ErrorFile, &b.State)
		all = append(all, b)
		return err
	}, `SELECT name, stage, provider, base_url, id, input_file, output_file, error_file, state FROM batches WHERE stage = ? AND done = 0 ORDER BY name`, stage)
	for i := range all {
		if err == nil {
			all[i].Items, err = s.items(ctx, all[i].Name)
		}
	}
	return all, err
}

func (s *Store) items(ctx context.Context, batch string) ([]BatchItem, error) {
	var items []BatchItem
	var keys []Key
	err := s.list(ctx, func(scan func(...any) error) error {
		var item BatchItem
		var key []byte
		err := scan(&item.CustomID, &item.Request.Row, &key)
		items = append(items, item)
		keys = append(keys, Key(append(key, make([]byte, len(Key{}))...)))
		return err
	}, `SELECT custom_id, row, key FROM batch_items WHERE batch = ? ORDER BY custom_id`, batch)
	if err != nil {
		return nil, err
	}
	for i, k := range keys {
		r, err := s.now(ctx).request(k)
		if err != nil {
			return nil, s.explain(err)
		}
		r.Row = items[i].Request.Row
		items[i].Request = r
	}
	return items, nil
}

// FinishBatch marks a batch whose answers are all recorded, or which can give
// none, in its last state. It is not listed any more.
func (s *Store) FinishBatch(ctx context.Context, name, state string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.change(func(w *writer) error {
		n, err := w.exec(`UPDATE batches SET done = 1, state = ? WHERE name = ?`, state, name)
		if err == nil && n == 0 {
			err = fmt.Errorf("no batch %q is stored", name)
		}
		return err
	})
}
