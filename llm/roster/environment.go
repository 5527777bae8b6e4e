package roster

import (
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm/wire"
)

// The environment variables, which a container is configured by. Each X below is
// OPENAI or ANTHROPIC; a service is there if its key or, for a server that wants
// none, its base URL is set.
//
//	REMIT_MODEL_SERVICE    name of the default service
//	REMIT_X_API_KEY        the key
//	REMIT_X_API_KEY_FILE   or a file with it
//	REMIT_X_BASE_URL
//	REMIT_X_MODEL
//	REMIT_X_EGRESS         public, internal, confidential or restricted
const prefix = "REMIT_"

// WithEnvironment returns c with the services that environment variables
// describe, after those of the file. One of the same name in the file wins. The
// error is Invalid and names the variable.
func (c *Config) WithEnvironment(getenv func(string) string) (*Config, error) {
	out := &Config{Default: c.Default, Allow: c.Allow}
	names := map[string]bool{}
	for _, e := range c.Services {
		e.getenv = getenv
		names[e.Name] = true
		out.Services = append(out.Services, e)
	}
	for _, provider := range []Provider{ProviderOpenAI, ProviderAnthropic} {
		e, err := fromEnvironment(provider, getenv)
		if err != nil {
			return nil, err
		}
		if e != nil && !names[e.Name] {
			out.Services = append(out.Services, *e)
		}
	}
	if name := getenv(prefix + "MODEL_SERVICE"); name != "" {
		out.Default = name
	}
	return out, out.Check()
}

// fromEnvironment returns the provider's service, nil if no variable asks for it.
func fromEnvironment(provider Provider, getenv func(string) string) (*Entry, error) {
	get := func(name string) string { return strings.TrimSpace(getenv(variable(provider, name))) }
	e := &Entry{
		Name: string(provider), Provider: provider, BaseURL: get("BASE_URL"), Model: get("MODEL"),
		KeyFile: get("API_KEY_FILE"), secret: wire.NewSecret(get("API_KEY")),
	}
	if !e.hasKey() && e.BaseURL == "" {
		return nil, nil //nolint:nilnil // no service, and nothing wrong
	}
	if e.KeyFile != "" && !e.secret.IsZero() {
		return nil, remit.FieldErrorf(variable(provider, "API_KEY_FILE"), "is set beside %s: set one of the two", variable(provider, "API_KEY"))
	}
	level, err := remit.ParseSensitivity(get("EGRESS"))
	if err != nil {
		return nil, remit.FieldErrorf(variable(provider, "EGRESS"), "%s", remit.PublicText(err))
	}
	e.Egress = level
	return e, nil
}

func variable(provider Provider, name string) string {
	return prefix + strings.ToUpper(string(provider)) + "_" + name
}
