#!/usr/bin/env bash
for layer in live/*/*/; do
  terraform -chdir="$layer" init -backend=false
  terraform -chdir="$layer" validate
done
