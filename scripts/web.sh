#!/usr/bin/env bash
# Builds the web app into web/dist, whence Go embeds it. Without Node it says so and
# leaves the plain page in its place: everything but the web app works.
set -euo pipefail
cd "$(dirname "$0")/../web"

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "Node is missing: this binary gets a plain page instead of the web app." >&2
  echo "Install Node 20.19 or newer with npm (Debian: apt-get install nodejs npm), then build again." >&2
  exit 0
fi
if ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'; then
  echo "Node $(node --version) is too old for the web app, which needs 20.19 or newer." >&2
  exit 1
fi

# npm ci only when what is to be installed has changed.
lock=$(sha256sum package-lock.json | cut -d' ' -f1)
if [ "$(cat node_modules/.remit-lock 2>/dev/null)" != "$lock" ]; then
  npm ci --no-audit --no-fund
  echo "$lock" >node_modules/.remit-lock
fi
[ "${1:-}" = install ] && exit 0

# The build only when a source is newer than what was built last.
if [ ! -e dist/index.html ] || [ -n "$(find src public index.html package.json package-lock.json vite.config.ts tsconfig.json -newer dist/index.html -print -quit)" ]; then
  npm run --silent build
fi
