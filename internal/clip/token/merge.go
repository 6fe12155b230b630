package token

import "container/heap"

// pair is two neighbouring tokens.
type pair struct{ left, right int32 }

// part is a token within a piece; the parts of a piece form a linked list, so
// that a merge takes the same time however long the piece is.
type part struct {
	id         int32 // -1 once merged into its left neighbour
	prev, next int32 // positions, -1 at the ends
}

// candidate is a merge that may be done. It is stale when one of the two
// tokens has changed since.
type candidate struct {
	into  int32 // the id after the merge; ids follow the order of the merges
	at    int32 // position of the left token
	which pair
}

// queue yields the merge learnt first, and of equal ones the leftmost.
type queue []candidate

func (q queue) Len() int      { return len(q) }
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(candidate)) }
func (q queue) Less(i, j int) bool {
	return q[i].into < q[j].into || q[i].into == q[j].into && q[i].at < q[j].at
}
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// merge appends the tokens of one piece to ids. The piece's last byte is the
// end-of-word form of that byte. Every byte has both forms in the vocabulary,
// so that no text is unknown.
func (t *Tokenizer) merge(ids []int64, piece string) []int64 {
	list := make([]part, len(piece))
	for i := range len(piece) {
		list[i] = part{id: t.bytes[piece[i]], prev: int32(i - 1), next: int32(i + 1)}
	}
	last := len(list) - 1
	list[last].id += wordEnd
	list[last].next = -1

	todo := make(queue, 0, len(piece))
	for i := range last {
		which := pair{list[i].id, list[i+1].id}
		if into, ok := t.merges[which]; ok {
			todo = append(todo, candidate{into, int32(i), which})
		}
	}
	heap.Init(&todo)
	for len(todo) > 0 {
		c := heap.Pop(&todo).(candidate)
		left := &list[c.at]
		if left.id != c.which.left || left.next < 0 || list[left.next].id != c.which.right {
			continue
		}
		gone := &list[left.next]
		left.id, left.next, gone.id = c.into, gone.next, -1
		if left.next >= 0 {
			list[left.next].prev = c.at
			todo.offer(t, list, c.at)
		}
		if left.prev >= 0 {
			todo.offer(t, list, left.prev)
		}
	}
	for i := int32(0); i >= 0; i = list[i].next {
		ids = append(ids, int64(list[i].id))
	}
	return ids
}

// offer queues the merge of the token at position i and the next one, if there
// is one.
func (q *queue) offer(t *Tokenizer, list []part, i int32) {
	which := pair{list[i].id, list[list[i].next].id}
	if into, ok := t.merges[which]; ok {
		heap.Push(q, candidate{into, i, which})
	}
}
