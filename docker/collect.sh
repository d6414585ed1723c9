#!/bin/sh
# Puts the binary and those libraries of the Swift toolchain that it needs into one folder.
# usage: collect.sh BINARY FOLDER
set -eu
binary=$1
folder=$2
mkdir -p "$folder"
install -m 0755 "$binary" "$folder/liandong"
ldd "$binary" | awk '$3 ~ /\/swift\/linux\// { print $3 }' | while read -r library; do
    install -m 0755 "$library" "$folder/"
done
