package chattest

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

// storedFile is an uploaded file or one of results.
type storedFile struct {
	id, name, purpose string
	data              []byte
}

func (f *storedFile) view() map[string]any {
	return map[string]any{"id": f.id, "object": "file", "bytes": len(f.data), "created_at": 1700000000, "filename": f.name, "purpose": f.purpose, "status": "processed"}
}

// id returns a new id.
func (s *Server) id(prefix string) string {
	s.made++
	return fmt.Sprintf("%s-%06d", prefix, s.made)
}

// Files returns the number of files on the server.
func (s *Server) Files() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.files)
}

func (s *Server) serveFiles(w http.ResponseWriter, r *http.Request, path string) {
	if path == "" && r.Method == http.MethodPost {
		s.upload(w, r)
		return
	}
	id, what, _ := strings.Cut(path, "/")
	s.mu.Lock()
	f := s.files[id]
	if f != nil && r.Method == http.MethodDelete {
		delete(s.files, id)
	}
	s.mu.Unlock()
	switch {
	case f == nil:
		s.fail(w, fault(404, "", "id", "No such File object: "+id))
	case r.Method == http.MethodDelete:
		s.json(w, 200, map[string]any{"id": id, "object": "file", "deleted": true})
	case what == "content":
		b := Behaviour{}
		if s.options.Batch.Download != nil {
			b = s.options.Batch.Download(id)
		}
		if b.Status != 0 {
			s.fail(w, b)
			return
		}
		b.ContentType = "application/octet-stream"
		s.write(w, r, b, f.data)
	default:
		s.json(w, 200, f.view())
	}
}

func (s *Server) upload(w http.ResponseWriter, r *http.Request) {
	most := s.options.Batch.MaxBytes
	if most == 0 {
		most = 200_000_000
	}
	if r.ContentLength > most+4096 {
		s.fail(w, fault(400, "", "file", "The uploaded file is too large."))
		return
	}
	form, err := r.MultipartReader()
	if err != nil {
		s.fail(w, fault(400, "", "file", "This endpoint takes multipart/form-data."))
		return
	}
	f := &storedFile{}
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return // the client broke off
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return
		}
		switch part.FormName() {
		case "purpose":
			f.purpose = string(data)
		case "file":
			f.name, f.data = part.FileName(), data
		}
	}
	switch {
	case f.purpose != "batch":
		s.fail(w, fault(400, "", "purpose", "'"+f.purpose+"' is not one of ['batch'] - 'purpose'"))
		return
	case f.name == "" || len(f.data) == 0:
		s.fail(w, fault(400, "", "file", "'file' is a required property"))
		return
	case int64(len(f.data)) > most:
		s.fail(w, fault(400, "", "file", "The uploaded file is too large."))
		return
	}
	s.mu.Lock()
	f.id = s.id("file")
	s.files[f.id] = f
	s.mu.Unlock()
	s.json(w, 200, f.view())
}
