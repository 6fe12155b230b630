package answers

import "database/sql"

// putAnswer stores an answer and returns what is stored then: without replace,
// an answer that another program stored meanwhile stays.
func (w *writer) putAnswer(stage string, k Key, r Request, a Answer, replace bool) (Answer, error) {
	text := sqlAddAnswer
	if replace {
		text = sqlPutAnswer
	}
	if err := w.addRequest(k, r); err != nil {
		return a, err
	}
	body := append([]byte{}, a.Body...) // never nil, which would be NULL
	n, err := w.exec(text, k[:], a.Model, a.Note, a.Usage.Input, a.Usage.CachedInput, a.Usage.Output, a.Usage.Reasoning, a.sum(), body)
	if err == nil && n == 0 {
		var there *Answer
		if there, _, err = w.querier().answer(k, "", ""); there != nil {
			a = *there
		}
	}
	if err == nil {
		_, err = w.exec(sqlDropFault, k[:])
	}
	if err == nil {
		err = w.addUse(stage, r.Row, k)
	}
	return a, err
}

// putFault stores a fault, or adds it to those that the request had.
func (w *writer) putFault(stage string, k Key, r Request, f *FaultError) error {
	if err := w.addRequest(k, r); err != nil {
		return err
	}
	u, raw := f.Usage, append([]byte{}, f.Raw...)
	if _, err := w.exec(sqlPutFault, k[:], f.Status, f.Reason, max(f.Count, 1), u.Input, u.CachedInput, u.Output, u.Reasoning, raw); err != nil {
		return err
	}
	return w.addUse(stage, r.Row, k)
}

func (w *writer) addUse(stage, row string, k Key) error {
	_, err := w.exec(sqlAddUse, stage, row, k[:])
	return err
}

func (w *writer) querier() querier {
	return querier{w.path, func(text string, args ...any) *sql.Row { return w.get(text, args...) }}
}
