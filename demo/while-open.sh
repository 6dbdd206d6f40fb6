#!/bin/sh
# What the demonstration does while the way is open: $1 is the command that was refused before, $2 a word it must show.
set -eu
answer=$($1)
echo "$answer" | head -8
echo "$answer" | grep -q "$2"
echo "--- the lease, as aksess tells it"
aksess leases -g rg-demo -n web
echo "--- the same with plain ARM calls: the authorized ranges, and the ledger's record"
python3 demo/plain.py ranges
python3 demo/plain.py records
