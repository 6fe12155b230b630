package vision

import (
	"slices"

	"cloud.google.com/go/vision/v2/apiv1/visionpb"
)

// Feature is something that can be found in a picture.
type Feature string

// The features, in the order in which they are listed.
const (
	Text       Feature = "text"
	Objects    Feature = "objects"
	Labels     Feature = "labels"
	SafeSearch Feature = "safe_search"
	Faces      Feature = "faces"
	Logos      Feature = "logos"
	Landmarks  Feature = "landmarks"
	Web        Feature = "web"
)

// Features returns all features.
func Features() []Feature {
	return []Feature{Text, Objects, Labels, SafeSearch, Faces, Logos, Landmarks, Web}
}

func (f Feature) known() bool { return slices.Contains(Features(), f) }

func names() []string {
	var all []string
	for _, f := range Features() {
		all = append(all, string(f))
	}
	return all
}

// wire is the service's name of a feature.
func (f Feature) wire(document bool) visionpb.Feature_Type {
	switch f {
	case Text:
		if document {
			return visionpb.Feature_DOCUMENT_TEXT_DETECTION
		}
		return visionpb.Feature_TEXT_DETECTION
	case Objects:
		return visionpb.Feature_OBJECT_LOCALIZATION
	case Labels:
		return visionpb.Feature_LABEL_DETECTION
	case SafeSearch:
		return visionpb.Feature_SAFE_SEARCH_DETECTION
	case Faces:
		return visionpb.Feature_FACE_DETECTION
	case Logos:
		return visionpb.Feature_LOGO_DETECTION
	case Landmarks:
		return visionpb.Feature_LANDMARK_DETECTION
	case Web:
		return visionpb.Feature_WEB_DETECTION
	}
	return visionpb.Feature_TYPE_UNSPECIFIED
}

// counted reports whether the results of a feature can be bounded.
func (f Feature) counted() bool { return f != Text && f != SafeSearch }

// wire is the part of a request that is about one picture.
func (q Question) wire(content []byte) *visionpb.AnnotateImageRequest {
	r := &visionpb.AnnotateImageRequest{Image: &visionpb.Image{Content: content}}
	for _, f := range slices.Sorted(slices.Values(q.Features)) {
		w := &visionpb.Feature{Type: f.wire(q.Document), Model: q.Model}
		if f.counted() {
			w.MaxResults = int32(min(q.MaxResults, 1<<20))
		}
		r.Features = append(r.Features, w)
	}
	if len(q.LanguageHints) > 0 || q.Confidence {
		r.ImageContext = &visionpb.ImageContext{LanguageHints: q.LanguageHints}
		if q.Confidence {
			r.ImageContext.TextDetectionParams = &visionpb.TextDetectionParams{EnableTextDetectionConfidenceScore: true}
		}
	}
	return r
}
