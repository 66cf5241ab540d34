#!/usr/bin/env bash
# The main job on real ONNX files, in a scratch repository: two models added, then five things broken, each refused.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
scratch=$here/.demo
rm -rf "$scratch"
mkdir -p "$scratch/home" "$scratch/engine/models"
export HOME=$scratch/home XDG_CONFIG_HOME=$scratch/home/.config GIT_CONFIG_GLOBAL=$scratch/home/.gitconfig GIT_CONFIG_NOSYSTEM=1
export PRE_COMMIT_HOME=$scratch/home/pre-commit
# shellcheck disable=SC2046 # one variable a word
unset $(git rev-parse --local-env-vars)
git config --global user.name 'A Trainer'
git config --global user.email trainer@example.com
git config --global init.defaultBranch main
git config --global advice.detachedHead false

title() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
run() { printf '\033[2m$ %s\033[0m\n' "$*"; "$@"; }
refused() {
  printf '\033[2m$ %s\033[0m\n' "$*"
  if "$@" > "$scratch/out" 2>&1; then echo 'this should have been refused'; exit 1; fi
  grep -E -- '->|refused|Failed' "$scratch/out" | sed 's/^/   /'
}
fixed() { git reset -q --hard; git clean -fdq; }

title 'Two training runs leave their networks (61 MB and 58 MB each)'
(cd "$here" && python -m tests.support.networks --out-dir "$scratch/runs/supervised" --seed 1)
(cd "$here" && python -m tests.support.networks --out-dir "$scratch/runs/iter_1" --seed 2)

title 'A models repository'
git init -q "$scratch/models-repo"
cd "$scratch/models-repo"
run git pbm init --engine ../engine/models

title 'Add a supervised model, and an RL model trained from it: one command each'
run git pbm add ../runs/supervised/policy_v2.onnx ../runs/supervised/value_v2.onnx --tag supervised-v1
run git pbm add ../runs/iter_1/policy_v2.onnx ../runs/iter_1/value_v2.onnx --tag rl-r1-i1 --kl 0.012

title 'What came of it'
run git log --oneline
run cat registry.json
run cat current/metadata.json
run ls -l current
run ls -lA ../engine/models
run git pbm check

model=$(basename "$(readlink current)")
other=$(ls models | grep -v "$model")

title 'Five mistakes, each refused with what to type'
printf '\n1. one bit of the policy flips\n'
python - "models/$model/policy_v2.onnx" <<'PY'
import sys
with open(sys.argv[1], "r+b") as file:
    file.seek(30_000_000)
    byte = file.read(1)[0]
    file.seek(30_000_000)
    file.write(bytes([byte ^ 1]))
PY
git add -A; refused git commit -m 'retrained a little'; fixed
printf '\n2. the date is left out\n'
sed -i.bak '/"created"/d' "models/$model/metadata.json"; rm "models/$model/metadata.json.bak"
git add -A; refused git commit -m 'tidy metadata'; fixed
printf '\n3. a model is deleted, and its entry forgotten\n'
git rm -rq "models/$other"; refused git commit -m 'remove old model'; fixed
printf '\n4. current is pointed somewhere by hand\n'
ln -sfn "$scratch/runs/iter_1" current
git add -A; refused git commit -m 'use the new one'; fixed
printf '\n5. the same bytes under a second tag\n'
refused git pbm add ../runs/iter_1/policy_v2.onnx --tag rl-r1-i2

title 'Nothing of it got in'
run git status --short
run git pbm check --rehash
printf '\nLook around: cd %s\n' "$scratch/models-repo"
