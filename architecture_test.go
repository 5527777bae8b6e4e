package remit_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/remit-crm/remit"

// sourceFile is one Go file of the tree with what it imports.
type sourceFile struct {
	path    string // slash-separated, from the root of the tree
	folder  string // "." for the root
	test    bool
	imports []string
	ast     *ast.File
}

// rule says that files in some folders never import some packages. It reads the
// source, since what a build tool tells may come from a cache.
type rule struct {
	name    string
	applies func(f sourceFile) bool
	forbids func(imported string) bool
}

// within reports whether folder is one of the roots or lies below one.
func within(folder string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(root string) bool {
		return folder == root || strings.HasPrefix(folder, root+"/")
	})
}

// ours returns the folder of a package of this module.
func ours(imported string) (folder string, ok bool) {
	if imported == module {
		return ".", true
	}
	return strings.CutPrefix(imported, module+"/")
}

func in(roots ...string) func(sourceFile) bool {
	return func(f sourceFile) bool { return within(f.folder, roots...) }
}

func production(applies func(sourceFile) bool) func(sourceFile) bool {
	return func(f sourceFile) bool { return !f.test && applies(f) }
}

func except(applies func(sourceFile) bool) func(sourceFile) bool {
	return func(f sourceFile) bool { return !applies(f) }
}

func package_(prefixes ...string) func(string) bool {
	return func(imported string) bool { return within(imported, prefixes...) }
}

func folder(roots ...string) func(string) bool {
	return func(imported string) bool {
		f, ok := ours(imported)
		return ok && within(f, roots...)
	}
}

// rules are the imports that must never exist. Each has a line in ARCHITECTURE.md.
var rules = []rule{
	{
		"database drivers stay in the vault",
		except(in("data/internal")),
		package_("database/sql", "zombiezen.com/go/sqlite", "modernc.org/sqlite", "github.com/jackc/pgx/v5", "github.com/pressly/goose/v3"),
	},
	{
		"only data reaches into the vault",
		except(in("data")),
		folder("data/internal"),
	},
	{
		"only the lens and privacy touch the SQL of customer rows",
		except(in("data/lens", "data/privacy", "data/internal/records")),
		folder("data/internal/records"),
	},
	{
		"the deciding packages are pure",
		production(in("scope", "policy", "sqlguard", "predict", "analytics", "disclosure")),
		func(imported string) bool {
			pure := package_("net", "os", "io/fs", "io/ioutil", "database/sql", "log", "log/slog", "syscall", "os/exec")
			return pure(imported) || folder("data", "llm", "tool", "agent", "ops", "httpapi", "mcpserver")(imported)
		},
	},
	{
		"the nouns depend on the standard library alone",
		production(func(f sourceFile) bool { return f.folder == "." }),
		func(imported string) bool { return strings.Contains(imported, ".") },
	},
	{
		"only scope speaks CEL",
		except(in("scope")),
		package_("cel.dev/cel-go"),
	},
	{
		"only predict does statistics",
		except(in("predict")),
		package_("gonum.org/v1"),
	},
	{
		"a model knows nothing of customer data",
		production(in("llm")),
		func(imported string) bool {
			f, ok := ours(imported)
			return ok && f != "." && !within(f, "llm")
		},
	},
	{
		"AI employees and tools serve nobody by themselves",
		production(in("agent", "tool", "workflow")),
		func(imported string) bool { return imported == "net/http" || folder("httpapi", "mcpserver")(imported) },
	},
	{
		"the lens knows only a budget, not who watches it",
		in("data/lens"),
		folder("monitor"),
	},
	{"HTTP does not stand on MCP", production(in("httpapi")), folder("mcpserver")},
	{"MCP does not stand on HTTP", production(in("mcpserver")), folder("httpapi")},
	{
		"the faces reach data through the use cases",
		production(in("httpapi", "mcpserver")),
		folder("data/directory", "data/policystore", "data/audit"),
	},
	{
		"use cases do not know the faces",
		production(in("ops")),
		folder("httpapi", "mcpserver", "cmd"),
	},
	{
		"what stands below does not know what stands above",
		production(in("data", "scope", "policy", "analytics", "disclosure")),
		folder("ops", "httpapi", "mcpserver", "cmd", "agent", "tool", "llm"),
	},
}

func TestArchitectureImports(t *testing.T) {
	files := parseTree(t)
	if len(files) < 50 {
		t.Fatalf("found only %d Go files: the test looks in the wrong place", len(files))
	}
	for _, r := range rules {
		t.Run(strings.ReplaceAll(r.name, " ", "_"), func(t *testing.T) {
			for _, f := range files {
				if !r.applies(f) {
					continue
				}
				for _, imported := range f.imports {
					if r.forbids(imported) {
						t.Errorf("%s imports %s", f.path, imported)
					}
				}
			}
		})
	}
}

// One internal folder in the whole tree marks the vault.
func TestArchitectureOneVault(t *testing.T) {
	for _, f := range parseTree(t) {
		if strings.Contains("/"+f.folder+"/", "/internal/") && !within(f.folder, "data/internal") {
			t.Errorf("%s: the only internal folder is data/internal", f.path)
		}
	}
}

// Every package says what it is for.
func TestArchitecturePackageDocs(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range parseTree(t) {
		if !f.test && !strings.HasSuffix(f.ast.Name.Name, "_test") {
			documented[f.folder] = documented[f.folder] || f.ast.Doc.Text() != ""
		}
	}
	for folder, ok := range documented {
		if !ok {
			t.Errorf("the package in %s has no package comment", folder)
		}
	}
}

// Names that say nothing of what is inside are not package names.
func TestArchitecturePackageNames(t *testing.T) {
	empty := []string{"util", "utils", "common", "helper", "helpers", "models", "model_", "service", "services", "pkg", "misc", "base", "core"}
	for _, f := range parseTree(t) {
		if slices.Contains(empty, path.Base(f.folder)) {
			t.Errorf("%s: the folder's name does not say what is inside", f.path)
		}
	}
}

// A file holds one idea; nobody reads one of more than 500 lines.
func TestArchitectureFileLength(t *testing.T) {
	for _, f := range parseTree(t) {
		text, err := os.ReadFile(filepath.FromSlash(f.path))
		if err != nil {
			t.Fatal(err)
		}
		if ast.IsGenerated(f.ast) {
			continue
		}
		if lines := strings.Count(string(text), "\n"); lines > 500 {
			t.Errorf("%s has %d lines; split it", f.path, lines)
		}
	}
}

func parseTree(t *testing.T) []sourceFile {
	t.Helper()
	var files []sourceFile
	set := token.NewFileSet()
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		parsed, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		files = append(files, describe(filepath.ToSlash(name), parsed))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func describe(name string, parsed *ast.File) sourceFile {
	f := sourceFile{path: name, folder: path.Dir(name), test: strings.HasSuffix(name, "_test.go"), ast: parsed}
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err == nil {
			f.imports = append(f.imports, imported)
		}
	}
	return f
}
