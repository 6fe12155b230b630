package gemini

import "icono/internal/chat"

// mend says what to do about an error that every request would meet, "" where
// the server's words say it.
func mend(e *chat.Error, s status, metadata map[string]string) string {
	if !e.Stop {
		return ""
	}
	switch e.Code {
	case "SERVICE_DISABLED", "API_NOT_ACTIVATED":
		if url := metadata["activationUrl"]; url != "" {
			return "switch the API on for the project at " + clip(url)
		}
		return "switch the API on for the project in the Google Cloud console"
	case "BILLING_DISABLED":
		return "switch billing on for the project in the Google Cloud console"
	case "CONSUMER_SUSPENDED", "CONSUMER_INVALID", "USER_PROJECT_DENIED", "RESOURCE_PROJECT_INVALID":
		return "check the project and that it is in good standing"
	case "ACCESS_TOKEN_SCOPE_INSUFFICIENT":
		return "log in again with: gcloud auth application-default login --scopes=https://www.googleapis.com/auth/cloud-platform"
	case "API_KEY_SERVICE_BLOCKED", "API_KEY_IP_ADDRESS_BLOCKED", "API_KEY_HTTP_REFERRER_BLOCKED", "API_KEY_ANDROID_APP_BLOCKED", "API_KEY_IOS_APP_BLOCKED":
		return "lift the restriction of the API key, or use another key"
	case "IAM_PERMISSION_DENIED":
		return "the account needs the role Vertex AI User (roles/aiplatform.user) in the project"
	}
	switch {
	case e.Status == 400 && s.Status == "FAILED_PRECONDITION":
		return "see whether the service is offered at your place and billing is on, or ask at Vertex AI in a region"
	case e.Status == 400, e.Status == 401:
		return "check the API key, or for Vertex AI log in with: gcloud auth application-default login"
	case e.Status == 402, e.Status == 403:
		return "check that the key or the account may use this API and model in this project"
	case e.Status == 404:
		return "check the model's name, and for Vertex AI whether the location has it"
	case e.Status == 429:
		return "this quota does not fill up again soon: run again when it has, which at Google AI is at midnight Pacific time, or raise it; what is answered is kept"
	}
	return ""
}
