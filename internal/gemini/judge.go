package gemini

import (
	"fmt"
	"strings"

	"icono/internal/chat"
)

// judge returns what keeps a candidate from being a good answer, or nil.
func (c candidate) judge(r *chat.Reply) *chat.Error {
	silent := strings.TrimSpace(r.Text) == ""
	switch c.Finish {
	case "STOP", "", "FINISH_REASON_UNSPECIFIED":
		if !silent {
			return nil
		}
		why := "the model ended without a text"
		if c.Finish != "" {
			why += " (" + c.Finish + ")"
		}
		return &chat.Error{Outcome: chat.Empty, Status: 200, Code: "empty", Message: why}
	case "MAX_TOKENS":
		why := fmt.Sprintf("cut off at the bound on tokens after %d", r.Usage.Output)
		if r.Usage.Reasoning > 0 {
			why += fmt.Sprintf(", %d of them spent on reasoning", r.Usage.Reasoning)
		}
		return &chat.Error{Outcome: chat.Truncated, Status: 200, Code: "length", Message: why + "; a higher max_tokens gives it room"}
	case "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR",
		"IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION":
		return refused(r, "the service stopped the answer", c.Finish, c.Message, c.Ratings)
	}
	// OTHER, MALFORMED_RESPONSE and whatever is added: no answer that ended by
	// itself, and another time there may be one.
	why := "the model ended abnormally (" + clip(c.Finish) + ")"
	if c.Message != "" {
		why += ": " + clip(c.Message)
	}
	return &chat.Error{Outcome: chat.Failed, Status: 200, Code: clip(c.Finish), Message: why, Retryable: true}
}

// refused makes the error of a refusal, and words it in the reply.
func refused(r *chat.Reply, what, reason, message string, ratings []rating) *chat.Error {
	why := what + ": " + clip(reason)
	if words := meaning(reason); words != "" {
		why += ", " + words
	}
	var blocked []string
	for _, x := range ratings {
		if x.Blocked {
			blocked = append(blocked, strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(x.Category, "HARM_CATEGORY_"), "_", " ")))
		}
	}
	if len(blocked) > 0 {
		why += " (" + clip(strings.Join(blocked, ", ")) + ")"
	}
	if message != "" {
		why += ": " + clip(message)
	}
	r.Refusal = why
	return &chat.Error{Outcome: chat.Refused, Status: 200, Code: clip(reason), Message: why}
}

// meaning words Google's reasons.
func meaning(reason string) string {
	switch reason {
	case "SAFETY", "IMAGE_SAFETY":
		return "a filter for harmful content"
	case "RECITATION", "IMAGE_RECITATION":
		return "too close to a published text or picture"
	case "LANGUAGE":
		return "a language that the model does not support"
	case "BLOCKLIST":
		return "a word of a list of forbidden terms"
	case "PROHIBITED_CONTENT", "IMAGE_PROHIBITED_CONTENT":
		return "content that may never be handled"
	case "SPII":
		return "sensitive data of a person"
	}
	return ""
}
