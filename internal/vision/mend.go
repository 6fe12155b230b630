package vision

import (
	"fmt"
	"net/http"

	"icono/internal/chat"
)

// mend says what to do about an error, "" where the server's words say it. about
// is what the server adds for machines.
func mend(e *chat.Error, about map[string]string) string {
	if (e.Status == http.StatusBadRequest || e.Status == http.StatusRequestEntityTooLarge) && sizeWords.MatchString(e.Message) {
		return tooLarge
	}
	if !e.Stop || e.Param == "language_hints" {
		return ""
	}
	project := ""
	if id := about["containerInfo"]; id != "" {
		project = " " + clip(id)
	}
	switch e.Code {
	case "SERVICE_DISABLED", "API_NOT_ACTIVATED":
		if noProject.MatchString(e.Message) {
			return quotaProject
		}
		advice := fmt.Sprintf("switch the Cloud Vision API on for the project%s: Google Cloud console, page \"APIs & Services > Library > Cloud Vision API\", button Enable", project)
		if url := about["activationUrl"]; url != "" {
			advice += " (" + clip(url) + ")"
		}
		return advice + ", and wait a few minutes"
	case "API_KEY_INVALID", "API_KEY_EXPIRED":
		return wrongKey
	case "API_KEY_SERVICE_BLOCKED", "API_KEY_IP_ADDRESS_BLOCKED", "API_KEY_HTTP_REFERRER_BLOCKED", "API_KEY_ANDROID_APP_BLOCKED", "API_KEY_IOS_APP_BLOCKED":
		return "lift the restriction of the API key: Google Cloud console, page \"APIs & Services > Credentials\", or use another key"
	case "CONSUMER_SUSPENDED", "CONSUMER_INVALID", "USER_PROJECT_DENIED", "RESOURCE_PROJECT_INVALID":
		return "check the id of the project and that it is in good standing: Google Cloud console, page \"IAM & Admin > Settings\"; a login of one's own needs the role Service Usage Consumer in it"
	case "ACCESS_TOKEN_SCOPE_INSUFFICIENT":
		return "log in again with: " + login + " --scopes=https://www.googleapis.com/auth/cloud-platform"
	}
	switch {
	case e.Code == "BILLING_DISABLED" || noBilling.MatchString(e.Message):
		return fmt.Sprintf("link a billing account to the project%s: Google Cloud console, page \"Billing\" (https://console.cloud.google.com/billing/projects), and wait a few minutes; nothing was paid for", project)
	case noProject.MatchString(e.Message):
		return quotaProject
	case e.Status == http.StatusBadRequest:
		return wrongKey
	case e.Status == http.StatusUnauthorized:
		return wrongKey + "; or log in with: " + login
	case e.Status == http.StatusForbidden:
		return "see whether the key or account may use the Cloud Vision API in this project: Google Cloud console, pages \"APIs & Services > Credentials\" for a key and \"IAM & Admin > IAM\" for an account"
	case e.Status == http.StatusNotFound:
		return "check the base URL and the region; Google's own address is " + googleBase
	}
	return ""
}

const (
	login        = "gcloud auth application-default login"
	wrongKey     = "check the API key: Google Cloud console, page \"APIs & Services > Credentials\""
	quotaProject = "a login of one's own needs the project that pays: set `project`, or run: gcloud auth application-default set-quota-project PROJECT"
	tooLarge     = "`max_side` sends a smaller picture, and the sizes that Google recommends are 1024 by 768 pixels for text, 640 by 480 for objects and labels, 1600 by 1200 for faces"
)
