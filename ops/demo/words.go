package demo

// The words of which names are made. None of them is a company or a person.
var (
	firstNames = []string{"Amara", "Bastian", "Celia", "Dmitri", "Elif", "Fabian", "Gwen", "Hassan", "Ines", "Jarek", "Keiko", "Luca", "Mirela", "Nils", "Oona", "Pavel", "Quirin", "Rosa", "Stefan", "Thandi", "Ulla", "Vikram", "Wanda", "Xenia", "Yusuf", "Zora"}
	lastNames  = []string{"Abbott", "Bergman", "Calloway", "Duarte", "Eriksen", "Fontaine", "Gallo", "Hoffmann", "Iversen", "Jankowski", "Kimura", "Laurent", "Moreau", "Nadir", "Olsen", "Pereira", "Quinn", "Rossi", "Sorensen", "Takeda", "Usman", "Varga", "Weiss", "Yilmaz", "Zimmer"}

	namesFirst  = []string{"Alder", "Birchwood", "Cascade", "Driftline", "Evergreen", "Fernhill", "Goldcrest", "Highmoor", "Ironbridge", "Juniper", "Kestrel", "Lakeview", "Moorgate", "Northlight", "Oakhaven", "Pinecrest", "Quarry", "Ridgeway", "Silverbrook", "Thornbury", "Umber", "Valemont", "Westerly", "Yarrow", "Zephyr"}
	namesSecond = map[string][]string{
		"medical":       {"Clinics", "Diagnostics", "Health", "Medical Group"},
		"pharma":        {"Biologics", "Pharma", "Therapeutics"},
		"education":     {"College", "Institute", "University"},
		"energy":        {"Energy", "Power", "Renewables"},
		"food":          {"Dairy", "Foods", "Provisions"},
		"manufacturing": {"Components", "Fabrication", "Works"},
	}
	industries = []string{"medical", "pharma", "education", "energy", "food", "manufacturing"}

	places = []struct{ country, city string }{
		{"Austria", "Vienna"},
		{"Brazil", "Curitiba"},
		{"Canada", "Halifax"},
		{"Denmark", "Aarhus"},
		{"France", "Lyon"},
		{"Germany", "Leipzig"},
		{"Ireland", "Galway"},
		{"Italy", "Turin"},
		{"Kenya", "Nairobi"},
		{"Poland", "Poznan"},
		{"Spain", "Valencia"},
		{"United States", "Portland"},
	}

	jobTitles = []string{"Head of Laboratory", "Purchasing Manager", "Quality Lead", "Research Director", "Site Manager", "Technical Buyer"}

	goods = []struct {
		name, code, family string
		price, cost        int
	}{
		{"Lumen Spectrometer", "LS-100", "Spectroscopy", 18400, 9900},
		{"Lumen Spectrometer Pro", "LS-200", "Spectroscopy", 31900, 16200},
		{"Prism Analyser", "PA-10", "Spectroscopy", 12800, 7100},
		{"Orbit Centrifuge", "OC-12", "Separation", 7400, 3600},
		{"Orbit Centrifuge XL", "OC-48", "Separation", 15900, 8200},
		{"Tidal Chromatograph", "TC-1", "Separation", 42500, 24800},
		{"Frost Freezer", "FF-80", "Storage", 9800, 5600},
		{"Frost Freezer Duo", "FF-82", "Storage", 14200, 8300},
		{"Hearth Incubator", "HI-3", "Storage", 6100, 3000},
		{"Feather Balance", "FB-5", "Weighing", 2300, 1100},
		{"Feather Balance Micro", "FB-6", "Weighing", 5200, 2600},
		{"Swift Pipettor", "SP-8", "Handling", 1900, 700},
		{"Swift Robot", "SR-2", "Handling", 56000, 33000},
		{"Clear Hood", "CH-1", "Handling", 8700, 4900},
		{"Service Plan Basic", "SV-1", "Service", 1200, 300},
		{"Service Plan Complete", "SV-3", "Service", 4800, 1500},
	}

	nextSteps   = []string{"Call about delivery dates", "Send the revised offer", "Demonstrate on site", "Wait for the budget round", "Agree on the service plan", "Meet the laboratory's head"}
	lossReasons = []string{"Price", "Another supplier", "No budget", "Project stopped", "No answer"}
	subjects    = map[string][]string{
		"call":    {"Call about the offer", "First call", "Call about open questions", "Call after delivery"},
		"email":   {"Offer sent", "Answer to questions", "Invitation to a demonstration", "Reminder"},
		"meeting": {"Demonstration on site", "Budget meeting", "Quarterly review", "Kick-off"},
		"task":    {"Prepare the offer", "Check stock", "Update the forecast", "Ask for references"},
		"note":    {"Note from the visit", "Note about decision makers", "Note about competitors"},
	}
)
