package evaluate

// Class is how well one class was told.
type Class struct {
	Name      string  `json:"name"`
	Support   int     `json:"support"` // examples that are of it
	Given     int     `json:"given"`   // examples that were said to be of it
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

// Scores is how well all were told.
type Scores struct {
	Examples  int     `json:"examples"`
	Accuracy  float64 `json:"accuracy"`
	MacroF1   float64 `json:"macro_f1"` // mean over the classes that occur
	Classes   []Class `json:"classes"`
	Confusion [][]int `json:"confusion"` // rows: what it is; columns: what was said
}

// Score compares what was said with what it is.
func Score(names []string, truth, given []int) Scores {
	s := Scores{Examples: len(truth), Confusion: make([][]int, len(names))}
	for k := range names {
		s.Confusion[k] = make([]int, len(names))
	}
	right := 0
	for i, t := range truth {
		s.Confusion[t][given[i]]++
		if t == given[i] {
			right++
		}
	}
	s.Accuracy = ratio(right, len(truth))
	occur := 0
	for k, name := range names {
		c := Class{Name: name}
		for j := range names {
			c.Support += s.Confusion[k][j]
			c.Given += s.Confusion[j][k]
		}
		hit := s.Confusion[k][k]
		c.Precision, c.Recall, c.F1 = ratio(hit, c.Given), ratio(hit, c.Support), ratio(2*hit, c.Given+c.Support)
		s.Classes = append(s.Classes, c)
		if c.Support > 0 {
			s.MacroF1 += c.F1
			occur++
		}
	}
	if occur > 0 {
		s.MacroF1 /= float64(occur)
	}
	return s
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
