package agent

import "github.com/remit-crm/remit/llm"

// Screen is what is on the person's screen when she asks: "these", "the selected
// ones" mean it. It is data, never an instruction, and narrows what is meant; what
// is allowed it cannot widen.
type Screen = llm.Screen
