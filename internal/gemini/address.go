package gemini

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// googleAI is the address of Google AI's own API.
const googleAI = "https://generativelanguage.googleapis.com/v1beta"

// address is where models are asked: base/below/models/NAME:generateContent.
type address struct {
	base  string
	below string // "" or /projects/P/locations/L/publishers/google
}

var (
	projectPath  = regexp.MustCompile(`^(.*)/projects/([^/]+)/locations/([^/]+)(?:/publishers/google)?$`)
	modelsPath   = regexp.MustCompile(`/models(/[^/]*)?$`)
	projectName  = regexp.MustCompile(`^[a-z0-9][a-z0-9.:-]*$`)
	locationName = regexp.MustCompile(`^[a-z0-9-]+$`)
)

func addressOf(base, project, location string) (address, error) {
	u := &url.URL{}
	if base != "" {
		var err error
		u, err = url.Parse(base)
		switch {
		case err != nil:
			return address{}, errors.New("the base URL cannot be read; it looks like https://generativelanguage.googleapis.com/v1beta")
		case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
			return address{}, fmt.Errorf("the base URL %q must begin with http:// or https:// and name a host", u.Redacted())
		case u.User != nil || u.RawQuery != "" || u.Fragment != "":
			return address{}, fmt.Errorf("the base URL of %s must hold no user, key or query; keys are taken from the environment", u.Host)
		}
		u.Path = strings.TrimRight(modelsPath.ReplaceAllString(strings.TrimRight(u.Path, "/"), ""), "/")
		if m := projectPath.FindStringSubmatch(u.Path); m != nil {
			if project != "" && project != m[2] || location != "" && location != m[3] {
				return address{}, fmt.Errorf("the base URL names the project %s in %s, the options %s in %s", m[2], m[3], project, location)
			}
			u.Path, project, location = m[1], m[2], m[3]
		}
	}
	switch {
	case (project == "") != (location == ""):
		return address{}, errors.New("a project of Vertex AI needs its location (europe-west4, eu or global, say), and a location its project")
	case project == "" && base == "":
		return address{base: googleAI}, nil
	case project == "" && strings.HasSuffix(u.Hostname(), "aiplatform.googleapis.com") && !strings.Contains(u.Path, "/publishers/"):
		return address{}, fmt.Errorf("%s is Vertex AI, which needs a project and a location", u.Host)
	case project == "":
		if u.Path == "" {
			u.Path = "/v1beta"
		}
		return address{base: u.String()}, nil
	case !projectName.MatchString(project):
		return address{}, fmt.Errorf("the project %q is no id of a Google Cloud project, such as my-study-4711", project)
	case !locationName.MatchString(location):
		return address{}, fmt.Errorf("the location %q is none of Vertex AI; locations look like europe-west4, eu or global", location)
	}
	if base == "" {
		u = &url.URL{Scheme: "https", Host: vertexHost(location)}
	}
	if u.Path == "" {
		u.Path = "/v1"
	}
	return address{base: u.String(), below: "/projects/" + project + "/locations/" + location + "/publishers/google"}, nil
}

func vertexHost(location string) string {
	switch location {
	case "global":
		return "aiplatform.googleapis.com"
	case "eu", "us":
		return "aiplatform." + location + ".rep.googleapis.com"
	}
	return location + "-aiplatform.googleapis.com"
}

// of returns the address of a model's generateContent.
func (a address) of(model string) string {
	folder := "models"
	if i := strings.IndexByte(model, '/'); i >= 0 {
		folder, model = model[:i], model[i+1:] // models/NAME and tunedModels/NAME, as Google lists them
	}
	return a.base + a.below + "/" + folder + "/" + url.PathEscape(model) + ":generateContent"
}
