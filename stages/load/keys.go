package load

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/stage"
)

// mostFaults is how many wrong keys a message names.
const mostFaults = 5

// Prepare implements stage.Preparer: every key is there and unique.
func (l *load) Prepare(ctx context.Context, env stage.Env, _ []*arrow.Schema) error {
	if !l.key.set {
		return nil
	}
	u := newUniqueness(runLength)
	defer u.close()
	var empty []string
	var blanks int64
	err := l.eachKey(ctx, env, func(row uint64, key string, null bool) error {
		if null || strings.TrimSpace(key) == "" {
			blanks++
			if len(empty) < mostFaults {
				empty = append(empty, l.file.Position(int64(row)))
			}
		}
		return u.add(key)
	})
	if err != nil {
		return err
	}
	if blanks > 0 {
		rows := fmt.Sprintf("%d rows have no key (%s), the first at", blanks, l.config.Key)
		if blanks == 1 {
			rows = fmt.Sprintf("one row has no key (%s), at", l.config.Key)
		}
		return fmt.Errorf("%s %s\nevery row needs one: choose another column or an expression, or mend the table", rows, strings.Join(empty, ", "))
	}
	twins, err := u.twins(mostFaults)
	if err != nil {
		return err
	}
	if err := l.describeTwins(ctx, env, twins); err != nil {
		return err
	}
	l.rows = int64(u.rows)
	return nil
}

// eachKey calls visit with the key of every row.
func (l *load) eachKey(ctx context.Context, env stage.Env, visit func(row uint64, key string, null bool) error) error {
	at := stage.Find(l.schema, stage.Key)
	var row uint64
	for rec, err := range l.read(ctx, env) {
		if err != nil {
			return err
		}
		col, _ := columns.Text(rec.Column(at))
		for i := range col.Len() {
			if err := visit(row, col.At(i), col.IsNull(i)); err != nil {
				return err
			}
			row++
		}
	}
	return nil
}

// describeTwins returns an error that names keys which occur twice; rows whose
// hashes only happen to be equal are none.
func (l *load) describeTwins(ctx context.Context, env stage.Env, twins [][2]uint64) error {
	if len(twins) == 0 {
		return nil
	}
	keys := map[uint64]string{}
	for _, t := range twins {
		keys[t[0]], keys[t[1]] = "", ""
	}
	err := l.eachKey(ctx, env, func(row uint64, key string, _ bool) error {
		if _, wanted := keys[row]; wanted {
			keys[row] = strings.Clone(key)
		}
		return nil
	})
	if err != nil {
		return err
	}
	var lines []string
	for _, t := range twins {
		if keys[t[0]] == keys[t[1]] {
			lines = append(lines, fmt.Sprintf("%s: the key %q stands at %s too", l.file.Position(int64(t[1])), keys[t[1]], l.file.Position(int64(t[0]))))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return errors.New("keys must be unique:\n" + strings.Join(lines, "\n") + "\nchoose a column or an expression that differs in every row")
}
