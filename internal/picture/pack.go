package picture

// pack puts two samples into a word each.
func pack(dst []uint64, row []byte) {
	for i := range dst {
		if len(row) < 2 {
			dst[i] = uint64(row[0])
			return
		}
		dst[i] = uint64(row[0]) | uint64(row[1])<<32
		row = row[2:]
	}
}

// unpack reduces the two sums of each word to samples.
func unpack(dst []byte, sums []uint64) {
	for _, sum := range sums {
		low := int32(sum)
		if len(dst) < 2 {
			if len(dst) == 1 {
				dst[0] = byte(clip(low))
			}
			return
		}
		dst[0], dst[1] = byte(clip(low)), byte(clip(int32(sum>>32)-low>>31))
		dst = dst[2:]
	}
}

// unpackPair reduces sums of two rows, one in each half of a word, to samples.
func unpackPair(a, b []byte, sums []uint64) {
	b, sums = b[:len(a)], sums[:len(a)]
	for i, sum := range sums {
		low := int32(sum)
		a[i], b[i] = byte(clip(low)), byte(clip(int32(sum>>32)-low>>31))
	}
}

// settle reduces sums of two rows to samples and packs each row.
func settle(a, b, sums []uint64) {
	b = b[:len(a)]
	for i := range a {
		if len(sums) < 2 {
			return
		}
		left, right := sums[0], sums[1]
		l, r := int32(left), int32(right)
		a[i] = clip(l) | clip(r)<<32
		b[i] = clip(int32(left>>32)-l>>31) | clip(int32(right>>32)-r>>31)<<32
		sums = sums[2:]
	}
}

// clip reduces a sum to 8 bits.
func clip(sum int32) uint64 {
	v := sum >> precision
	if uint32(v) > 255 {
		v = ^v >> 31 & 255
	}
	return uint64(v)
}
