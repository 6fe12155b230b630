package pseudonym

import "strings"

// Phone numbers are known by their last digits, whatever stands before and between them:
// +49 170 5551234 is 0170/5551234.
const (
	leastDialled = 9
	mostDialled  = 15
)

// dialled is what tells a phone number from others, "" of what is none.
func dialled(text string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
	if strings.Trim(text, "0123456789 +-/().\u00a0") != "" || strings.LastIndexByte(text, '+') > 0 || len(digits) < leastDialled || len(digits) > mostDialled {
		return ""
	}
	return digits[len(digits)-leastDialled:]
}

// phone finds a phone number that begins at an atom, with a + or a 0, and the atom behind
// it.
func (n *Names) phone(text string, all []atom, i int) (end int, found name) {
	end = i
	first := text[all[i].start]
	if len(n.phones) == 0 || first != '+' && first != '0' || i > 0 && text[all[i].start-1] >= '0' && text[all[i].start-1] <= '9' {
		return end, found
	}
	for j := i; j < len(all) && all[j].end-all[i].start <= 2*mostDialled; j++ {
		a := text[all[j].start:all[j].end]
		if j > i && strings.Trim(a, "0123456789 -/().\u00a0") != "" {
			break
		}
		if of := n.phones[dialled(text[all[i].start:all[j].end])]; of != "" && a[0] >= '0' && a[0] <= '9' {
			end, found = j+1, name{text: of, of: of, loose: true}
		}
	}
	return end, found
}
