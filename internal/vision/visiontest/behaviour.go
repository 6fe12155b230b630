package visiontest

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Behaviour is what the server does with a call. The zero value answers well.
type Behaviour struct {
	// Status other than 0 and 200 sends Body and no answer.
	Status int
	// Each answers about a picture of this call; nil is that of the options.
	Each func(Picture) Answer
	// Only answers about the first pictures and leaves the others out of the
	// answer, where it is above 0.
	Only int
	// Body replaces the whole response.
	Body []byte
	// ContentType and Header replace the usual.
	ContentType string
	Header      http.Header
	// Delay waits before the response, Pause in the middle of its body.
	Delay, Pause time.Duration
	// Drop closes the connection without a byte, Half in the middle of the body.
	Drop, Half bool
}

// Call is a valid request.
type Call struct {
	// Seq counts all calls from 1.
	Seq int
	// Since is the time since the server's first call.
	Since time.Duration
	// Parent is the project and region that were named, in the path or the body.
	Parent   string
	Pictures []Picture
	// Body is the body as it came.
	Body   []byte
	Header http.Header
}

// Good answers well.
func Good() Behaviour { return Behaviour{} }

// Dropped closes the connection without an answer.
func Dropped() Behaviour { return Behaviour{Drop: true} }

// HalfAnAnswer closes the connection in the middle of the answer.
func HalfAnAnswer() Behaviour { return Behaviour{Half: true} }

// Slow answers well after a while.
func Slow(d time.Duration) Behaviour { return Behaviour{Delay: d} }

// Page fails with an HTML page, as proxies do.
func Page(status int) Behaviour {
	title := fmt.Sprintf("Error %d (%s)!!1", status, http.StatusText(status))
	return Behaviour{Status: status, ContentType: "text/html; charset=UTF-8", Body: []byte("<!DOCTYPE html>\n<html lang=en>\n<title>" + title + "</title>\n<p><b>" + strconv.Itoa(status) + ".</b></html>\n")}
}

// Trouble fails with a server's error.
func Trouble(status int) Behaviour {
	name := map[int]string{500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED"}[status]
	return fault(status, name, "", "Internal error encountered.")
}

// TooMany refuses for the rate; wait is said in Retry-After, less than zero says
// nothing.
func TooMany(wait time.Duration) Behaviour {
	b := fault(429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED", "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute' of service 'vision.googleapis.com' for consumer 'project_number:123456789012'.",
		"quota_limit", "RequestsPerMinutePerProject", "quota_limit_value", "1800", "consumer", "projects/123456789012")
	if wait >= 0 {
		b.Header = http.Header{"Retry-After": {strconv.Itoa(int((wait + time.Second - 1) / time.Second))},
			"Retry-After-Ms": {strconv.FormatInt(wait.Milliseconds(), 10)}}
	}
	return b
}

// NoBilling refuses for want of a billing account.
func NoBilling() Behaviour {
	return fault(403, "PERMISSION_DENIED", "BILLING_DISABLED", "This API method requires billing to be enabled. Please enable billing on project #123456789012 by visiting https://console.developers.google.com/billing/enable?project=123456789012 then retry. If you enabled billing for this project recently, wait a few minutes for the action to propagate to our systems and retry.",
		"consumer", "projects/123456789012", "containerInfo", "123456789012")
}

// NotEnabled refuses because the API is not switched on for the project.
func NotEnabled() Behaviour {
	const url = "https://console.developers.google.com/apis/api/vision.googleapis.com/overview?project=123456789012"
	return fault(403, "PERMISSION_DENIED", "SERVICE_DISABLED", "Cloud Vision API has not been used in project 123456789012 before or it is disabled. Enable it by visiting "+url+" then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.",
		"consumer", "projects/123456789012", "containerInfo", "123456789012", "activationUrl", url, "serviceTitle", "Cloud Vision API")
}

// NoQuotaProject refuses a login of a person's own that names no project.
func NoQuotaProject() Behaviour {
	return fault(403, "PERMISSION_DENIED", "SERVICE_DISABLED", "Your application is authenticating by using local Application Default Credentials. The vision.googleapis.com API requires a quota project, which is not set by default. To learn how to set your quota project, see https://cloud.google.com/docs/authentication/adc-troubleshooting/user-creds .",
		"consumer", "projects/764086051850")
}

// WrongHint refuses a code of a language.
func WrongHint(code string) Behaviour {
	return fault(400, "INVALID_ARGUMENT", "", "Invalid language hint: "+code+". Unsupported language code in ImageContext.language_hints.")
}

// TooLarge refuses a request for its size.
func TooLarge(limit int64) Behaviour {
	return fault(400, "INVALID_ARGUMENT", "", fmt.Sprintf("Request payload size exceeds the limit: %d bytes.", limit))
}

// Invalid refuses a request in the server's words.
func Invalid(message string) Behaviour { return fault(400, "INVALID_ARGUMENT", "", message) }

// Storm refuses all calls for the rate between two times after the first call,
// and leaves the others to next.
func Storm(from, to time.Duration, next func(*Call) Behaviour) func(*Call) Behaviour {
	return func(c *Call) Behaviour {
		switch {
		case c.Since >= from && c.Since < to:
			return TooMany(-1)
		case next != nil:
			return next(c)
		}
		return Good()
	}
}
