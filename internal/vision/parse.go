package vision

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"cloud.google.com/go/vision/v2/apiv1/visionpb"
	"google.golang.org/protobuf/encoding/protojson"

	"icono/internal/chat"
)

// Parse reads the response for one picture, new or stored: an
// AnnotateImageResponse as JSON. Boxes in pixels need the size of the picture as
// it was sent; where it is not given, text takes it from its page and the boxes
// of faces, logos and landmarks stay unknown.
//
// Its errors are *chat.Error. An error that the service reports for the picture
// comes with what was found nevertheless.
func Parse(raw []byte, size Size) (Annotation, error) {
	w := &visionpb.AnnotateImageResponse{}
	raw = bytes.TrimSpace(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")))
	if len(raw) == 0 || raw[0] != '{' {
		return Annotation{}, &chat.Error{Outcome: chat.Failed, Status: 200, Retryable: true, Message: "the answer about the picture is no JSON object"}
	}
	if err := (protojson.UnmarshalOptions{AllowPartial: true, DiscardUnknown: true}).Unmarshal(raw, w); err != nil {
		return Annotation{}, &chat.Error{Outcome: chat.Failed, Status: 200, Retryable: true, Message: "the answer about the picture cannot be read: " + clip(plainProto(err))}
	}
	a := annotation(w, size)
	if e := w.GetError(); e != nil && (e.GetCode() != 0 || e.GetMessage() != "") {
		return a, pictureFault(e.GetCode(), e.GetMessage())
	}
	return a, nil
}

// plainProto words an error of the protobuf library, which changes its spaces
// from build to build, the same way each time.
func plainProto(err error) string {
	s := strings.ReplaceAll(err.Error(), "\u00a0", " ")
	return strings.TrimPrefix(s, "proto: ")
}

func annotation(w *visionpb.AnnotateImageResponse, size Size) Annotation {
	a := Annotation{}
	a.readText(w, size)
	for _, o := range w.GetLocalizedObjectAnnotations() {
		a.Objects = append(a.Objects, Object{o.GetMid(), o.GetName(), share(o.GetScore()), box(o.GetBoundingPoly(), size)})
	}
	for _, e := range w.GetLabelAnnotations() {
		a.Labels = append(a.Labels, Label{e.GetMid(), e.GetDescription(), share(e.GetScore()), share(e.GetTopicality())})
	}
	for _, e := range w.GetLogoAnnotations() {
		a.Logos = append(a.Logos, Object{e.GetMid(), e.GetDescription(), share(e.GetScore()), box(e.GetBoundingPoly(), size)})
	}
	for _, e := range w.GetLandmarkAnnotations() {
		l := Landmark{ID: e.GetMid(), Name: e.GetDescription(), Score: share(e.GetScore()), Box: box(e.GetBoundingPoly(), size)}
		for _, at := range e.GetLocations() {
			if p := at.GetLatLng(); p != nil {
				l.Locations = append(l.Locations, Location{finite(p.GetLatitude()), finite(p.GetLongitude())})
			}
		}
		a.Landmarks = append(a.Landmarks, l)
	}
	if s := w.GetSafeSearchAnnotation(); s != nil {
		a.SafeSearch = &Likelihoods{likelihood(s.GetAdult()), likelihood(s.GetSpoof()), likelihood(s.GetMedical()), likelihood(s.GetViolence()), likelihood(s.GetRacy())}
	}
	for _, f := range w.GetFaceAnnotations() {
		a.Faces = append(a.Faces, Face{Score: share(f.GetDetectionConfidence()),
			Joy: likelihood(f.GetJoyLikelihood()), Sorrow: likelihood(f.GetSorrowLikelihood()), Anger: likelihood(f.GetAngerLikelihood()),
			Surprise: likelihood(f.GetSurpriseLikelihood()), UnderExposed: likelihood(f.GetUnderExposedLikelihood()),
			Blurred: likelihood(f.GetBlurredLikelihood()), Headwear: likelihood(f.GetHeadwearLikelihood()),
			Box: box(f.GetBoundingPoly(), size), Roll: decimal(f.GetRollAngle()), Pan: decimal(f.GetPanAngle()), Tilt: decimal(f.GetTiltAngle())})
	}
	a.Web = web(w.GetWebDetection())
	return a
}

// likelihood is the service's word; what a later release adds is unknown.
func likelihood(l visionpb.Likelihood) Likelihood {
	if _, known := visionpb.Likelihood_name[int32(l)]; !known {
		l = visionpb.Likelihood_UNKNOWN
	}
	return Likelihood(l.String())
}

// decimal widens a number by its shortest decimal form, so that 0.9 stays 0.9.
func decimal(x float32) float64 {
	wide, err := strconv.ParseFloat(strconv.FormatFloat(float64(x), 'g', -1, 32), 64)
	if err != nil {
		return 0
	}
	return finite(wide)
}

// share is a number from 0 to 1.
func share(x float32) float64 { return min(max(decimal(x), 0), 1) }

func finite(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return x
}

// box is the rectangle around a polygon, nil where its size in shares is not
// known. A coordinate of 0 is left out of the JSON.
func box(p *visionpb.BoundingPoly, size Size) *Box {
	b := Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	grow := func(x, y float64) {
		b = Box{min(b.Left, x), min(b.Top, y), max(b.Right, x), max(b.Bottom, y)}
	}
	switch {
	case len(p.GetNormalizedVertices()) > 0:
		for _, v := range p.GetNormalizedVertices() {
			grow(share(v.GetX()), share(v.GetY()))
		}
	case len(p.GetVertices()) > 0 && size.Width > 0 && size.Height > 0:
		within := func(at int32, of int) float64 { return min(max(float64(at)/float64(of), 0), 1) }
		for _, v := range p.GetVertices() {
			grow(within(v.GetX(), size.Width), within(v.GetY(), size.Height))
		}
	default:
		return nil
	}
	return &b
}

func web(w *visionpb.WebDetection) *WebFinds {
	if w == nil {
		return nil
	}
	f := &WebFinds{Full: addresses(w.GetFullMatchingImages()), Partial: addresses(w.GetPartialMatchingImages()), Similar: addresses(w.GetVisuallySimilarImages())}
	for _, l := range w.GetBestGuessLabels() {
		f.BestGuess = append(f.BestGuess, l.GetLabel())
	}
	for _, e := range w.GetWebEntities() {
		// The scores of entities are relative weights and may be above 1.
		f.Entities = append(f.Entities, Label{ID: e.GetEntityId(), Name: e.GetDescription(), Score: max(decimal(e.GetScore()), 0)})
	}
	for _, p := range w.GetPagesWithMatchingImages() {
		f.Pages = append(f.Pages, Page{p.GetUrl(), p.GetPageTitle(), addresses(p.GetFullMatchingImages()), addresses(p.GetPartialMatchingImages())})
	}
	return f
}

func addresses(all []*visionpb.WebDetection_WebImage) (urls []string) {
	for _, m := range all {
		urls = append(urls, m.GetUrl())
	}
	return urls
}

// pictureFault is an error that the service reports for one picture.
func pictureFault(code int32, message string) *chat.Error {
	name := cmp.Or(codeName(code), fmt.Sprintf("code %d", code))
	e := &chat.Error{Outcome: chat.Failed, Status: 200, Code: name, Message: clip(cmp.Or(message, "no reason given")), Retryable: retryableCode(code)}
	switch {
	case languageFault(e.Message) && code == 3:
		hintFault(e)
	case code == 7 || code == 16:
		e.Message += "; the service cannot get at this picture or does not let this account ask about it"
	}
	e.Message = fmt.Sprintf("the service reports %s for the picture: %s", name, e.Message)
	return e
}
