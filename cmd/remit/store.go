package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/llm/offline"
	"github.com/remit-crm/remit/llm/roster"
	"github.com/remit-crm/remit/ops/modelservices"
)

// storeFlags say which installation a command is about.
type storeFlags struct {
	database string
	keyFile  string
}

const defaultDatabase = "sqlite:remit.db"

// storeFlags adds the flags to a command.
func (a *app) storeFlags(c *cobra.Command) {
	c.Flags().StringVar(&a.store.database, "database", "", `database: sqlite:PATH or postgres://… (default $REMIT_DATABASE, else "`+defaultDatabase+`")`)
	c.Flags().StringVar(&a.store.keyFile, "key-file", "", "file with the master key, if it is not in $REMIT_MASTER_KEY (default with SQLite: PATH.key)")
}

func (a *app) database() string {
	if a.store.database != "" {
		return a.store.database
	}
	if url := a.env("REMIT_DATABASE"); url != "" {
		return url
	}
	return defaultDatabase
}

// open opens the installation. With create, a database and a master key beside
// it are made where they are missing; otherwise both must be there, so that a
// slip in a path does not show an empty company.
func (a *app) open(ctx context.Context, create bool, log *slog.Logger) (*installation, error) {
	url := a.database()
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok && !create {
		if err := exists(path); err != nil {
			return nil, err
		}
	}
	master, err := a.masterKey(url, create)
	if err != nil {
		return nil, err
	}
	live, err := a.services()
	if err != nil {
		return nil, err
	}
	store, err := data.Open(ctx, data.Options{URL: url, Master: master, Logger: log, Egress: live.Egress})
	if err != nil {
		return nil, err
	}
	live.Over(store.Policies)
	in, err := newInstallation(store, live, log)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return in, nil
}

// services makes the model services of the configuration file and the
// environment. It asks none of them anything.
func (a *app) services() (*modelservices.Live, error) {
	models := a.models
	if models == nil {
		models = &roster.Config{}
	}
	models, err := models.WithEnvironment(a.env)
	if err != nil {
		return nil, err
	}
	return modelservices.NewLive(models, offline.New(offline.Options{}))
}

// masterKey finds the master key: in the environment, in the file that was
// named, or beside the SQLite file.
func (a *app) masterKey(url string, create bool) ([]byte, error) {
	if text := a.env("REMIT_MASTER_KEY"); text != "" {
		return data.ParseMaster(text)
	}
	file := a.store.keyFile
	if file == "" {
		path, ok := strings.CutPrefix(url, "sqlite:")
		if !ok {
			return nil, remit.Errorf(remit.KindInvalid, "with PostgreSQL the master key must be given: set REMIT_MASTER_KEY or --key-file FILE")
		}
		file = path + ".key"
	}
	if create {
		return data.ReadOrMakeMaster(file)
	}
	master, err := data.ReadMaster(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, remit.Errorf(remit.KindInvalid, "there is no master key in %s: set REMIT_MASTER_KEY or --key-file FILE", file)
	}
	return master, err
}
