// Package agreement measures how far codings of the same units agree.
package agreement

// Nominal is Krippendorff's alpha for nominal data (Krippendorff, K. (2011): Computing
// Krippendorff's Alpha-Reliability, University of Pennsylvania, section C). Each unit
// holds the values that it was given, one a coding, without those that are missing;
// units with fewer than two are left out. It is 1 - Do/De, where Do is the observed
// disagreement and De that expected by chance: 1 for perfect agreement, 0 for chance.
// known is false where it is not defined: without two values, or where all values are
// equal.
func Nominal(units [][]string) (alpha float64, known bool) {
	var disagree, n float64
	totals := map[string]float64{}
	for _, unit := range units {
		m := float64(len(unit))
		if m < 2 {
			continue
		}
		counts := map[string]float64{}
		for _, v := range unit {
			counts[v]++
			totals[v]++
		}
		n += m
		for _, c := range counts {
			disagree += c * (m - c) / (m - 1)
		}
	}
	var chance float64
	for _, total := range totals {
		chance += total * (n - total)
	}
	if chance == 0 {
		return 0, false
	}
	return 1 - (n-1)*disagree/chance, true
}
