package main

import (
	"fmt"
	"os"

	"go.yaml.in/yaml/v4"

	"github.com/remit-crm/remit/llm/roster"
)

// modelsSection is the section of the configuration file that names the model
// services. Everything else in the file is a setting of serve.
const modelsSection = "models"

// readSettings reads a configuration file, and its section of model services.
func (a *app) readSettings(file string) (map[string]any, error) {
	text, err := os.ReadFile(file) // #nosec G304 -- the operator names the file
	if err != nil {
		return nil, err
	}
	var settings map[string]any
	if err := yaml.Unmarshal(text, &settings); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	section, ok := settings[modelsSection]
	if !ok {
		return settings, nil
	}
	delete(settings, modelsSection)
	models, err := yaml.Marshal(section)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if a.models, err = roster.Parse(models); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return settings, nil
}

// readModels reads only the model services of a configuration file; "" is none.
func (a *app) readModels(file string) error {
	if file == "" {
		return nil
	}
	_, err := a.readSettings(file)
	return err
}
