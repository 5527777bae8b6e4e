package remit

import "fmt"

// Sensitivity ranks how harmful it is if a value gets out. The zero value,
// [Untagged], counts as restricted wherever a field is judged and as public
// wherever a clearance is: forgetting a tag never opens anything.
type Sensitivity uint8

// The levels in rising order. [Restricted] is what other systems call
// "High Confidentiality".
const (
	Untagged Sensitivity = iota
	Public
	Internal
	Confidential
	Restricted
)

var sensitivityNames = [...]string{"", "public", "internal", "confidential", "restricted"}

// String returns the level's name, or "" for [Untagged].
func (s Sensitivity) String() string {
	if int(s) >= len(sensitivityNames) {
		return fmt.Sprintf("sensitivity(%d)", uint8(s))
	}
	return sensitivityNames[s]
}

// OfField returns the level at which a field with this tag is guarded:
// an untagged field is restricted.
func (s Sensitivity) OfField() Sensitivity {
	if s == Untagged || s > Restricted {
		return Restricted
	}
	return s
}

// OfClearance returns the level up to which this clearance reaches: an unset
// clearance is public.
func (s Sensitivity) OfClearance() Sensitivity {
	if s == Untagged || s > Restricted {
		return Public
	}
	return s
}

// ParseSensitivity returns the level called name; "" is [Untagged].
func ParseSensitivity(name string) (Sensitivity, error) {
	for i, known := range sensitivityNames {
		if name == known {
			return Sensitivity(i), nil
		}
	}
	return Untagged, Errorf(KindInvalid, "unknown sensitivity %q: use public, internal, confidential or restricted", name)
}

// MarshalText implements [encoding.TextMarshaler].
func (s Sensitivity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (s *Sensitivity) UnmarshalText(text []byte) error {
	parsed, err := ParseSensitivity(string(text))
	if err != nil {
		return err
	}
	*s = parsed
	return nil
}
