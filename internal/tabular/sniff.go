package tabular

import (
	"bytes"
	"fmt"
	"io"
)

// What decides on the delimiter: the first records of the first bytes.
const (
	sniffRecords = 50
	sniffBytes   = 256 << 10
)

// CheckDelimiter refuses what cannot stand between cells: what is written
// with a delimiter can be read with it.
func CheckDelimiter(text string) error {
	if len(text) == 1 {
		switch b := text[0]; {
		case b == '\t', b == ' ':
			return nil
		case b > ' ' && b < 0x7f && b != '"' && !isDigit(b) && (b|0x20 < 'a' || b|0x20 > 'z'):
			return nil
		}
	}
	return fmt.Errorf("the delimiter %q will not do: give one character that is no letter, digit or quote, such as \",\" or \";\"", text)
}

// sniffDelimiter chooses the delimiter with which the first records have one
// number of cells, the larger that number the better.
func sniffDelimiter(src Source, encoding string) (byte, error) {
	r, err := openDecoded(src, encoding)
	if err != nil {
		return 0, err
	}
	defer func() { _ = r.Close() }() // only read
	head := make([]byte, sniffBytes)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return 0, fmt.Errorf("%s cannot be read: %w", src.Name, err)
	}
	head = head[:n]
	if n >= 6 && bytes.HasPrefix(head, []byte("sep=")) && (head[5] == '\n' || head[5] == '\r') {
		return head[4], CheckDelimiter(string(head[4:5])) // Excel's first line
	}
	best, most := byte(','), 0
	for _, d := range []byte{',', ';', '\t', '|'} {
		if score := evenness(newCSVReader(src.Name, bytes.NewReader(head), d), n == sniffBytes); score > most {
			best, most = d, score
		}
	}
	return best, nil
}

// evenness scores a delimiter by the cells of the header, if there are
// several, and the share of the records looked at that have as many. Of a text
// that is cut, the last record does not count.
func evenness(c *csvReader, cut bool) int {
	first, err := c.next()
	if err != nil || len(first) < 2 {
		return 0
	}
	width, same, seen := len(first), 0, 0
	for seen < sniffRecords {
		cells, err := c.next()
		if err == io.EOF || cut && !c.more() {
			break
		}
		seen++
		if err != nil {
			break
		}
		if len(cells) == width {
			same++
		}
	}
	if same == seen {
		return width * 100
	}
	return width * 50 * same / seen
}
