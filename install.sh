#!/bin/sh
# Installs bzzz: picks the executable for this machine, checks it, and lets it install itself. Run it as root for the whole machine, or as any
# user for that user alone. Nothing happens before the last line, so a download that breaks off does nothing.
#
#   curl -fsSL https://HOST/install.sh | sh                 from where it was released
#   BZZZ_RELEASE=/media/stick sh install.sh                 from a folder, offline; or another URL
#   sh install.sh --from-source                             from a checkout, with Node and npm
#   sh install.sh --uninstall [--purge] [--yes]
#
# The release fills in what stands between the two marks. The sums make this file vouch for what it downloads.
# --- release
version=''
release=''
sums=''
key=''
# --- end of release

main() {
  set -eu
  action=install
  [ $# -gt 0 ] && case $1 in
    --from-source) action=source; shift ;;
    --uninstall) action=uninstall; shift ;;
    -h | --help) usage; return 0 ;;
  esac
  case $action in
    uninstall) remove "$@" ;;
    source) from_source "$@" ;;
    install) from_release "$@" ;;
  esac
}

usage() {
  cat <<'TEXT'
Usage: sh install.sh [--from-source | --uninstall] [options of `bzzz install` or `bzzz uninstall`]

  BZZZ_RELEASE   folder or URL that holds the archives of the release
  --from-source  build the executable from the checkout that this file lies in
  --uninstall    remove bzzz; with --purge also configuration, keys and data; with --yes without asking

Examples:
  curl -fsSL https://HOST/install.sh | sudo sh
  curl -fsSL https://HOST/install.sh | sh -s -- --template worker
  BZZZ_RELEASE=/media/stick sh install.sh
TEXT
}

# A failure: what is wrong, and what to do.
fail() {
  printf 'install.sh: %s\n' "$1" >&2
  [ $# -gt 1 ] && printf '  %s\n' "$2" >&2
  exit 1
}

say() { printf '%s\n' "$1" >&2; }

has() { command -v "$1" >/dev/null 2>&1; }

from_release() {
  [ -n "$sums" ] || fail 'this is the install.sh of the source, which vouches for no release.' \
    'Take the one of a release, or build it here: sh install.sh --from-source'
  release=${BZZZ_RELEASE:-$release}
  [ -n "$release" ] || fail 'it is not known where the release lies.' 'Say it: BZZZ_RELEASE=/folder (or https://…) sh install.sh'
  target=$(target_here)
  archive=bzzz-$version-$target.tar.gz
  wanted=$(printf '%s\n' "$sums" | awk -v name="$archive" '$2 == name { print $1 }')
  [ -n "$wanted" ] || fail "the release has no executable for this machine ($target)." \
    "It has: $(printf '%s\n' "$sums" | awk '{ printf "%s%s", sep, $2; sep = ", " }')"
  for program in tar gzip awk; do has "$program" || fail "$program is missing." "Install $program, then run this again."; done

  stage
  check_signature
  obtain "$archive"
  found=$(sha256 "$folder/$archive")
  [ "$found" = "$wanted" ] || fail "$archive is not what was released: its sha256 is $found, not $wanted." \
    'The download broke off or somebody changed it. Nothing was installed; try again, or from another place.'
  tar -xzf "$folder/$archive" -C "$folder" || fail "$archive cannot be unpacked." 'Is there space left? See: df -h'
  rm -f "$folder/$archive"
  hand_over "$folder/bzzz-$version-$target/bzzz" "$@"
}

from_source() {
  case $0 in */install.sh | install.sh) here=$(cd "$(dirname "$0")" && pwd) ;; *) here= ;; esac
  if [ -z "$here" ] || ! [ -f "$here/build/compile.ts" ]; then
    fail 'this is no checkout of the source.' 'Run it as a file of one: sh path/to/bzzz/install.sh --from-source'
  fi
  has npm || fail 'npm is missing.' 'Install Node 20 or newer with npm, then run this again.'
  say 'Building bzzz.'
  (cd "$here" && npm run --silent build) >&2 || fail 'the build failed.' 'What it said stands above.'
  hand_over "$here/build/out/bzzz" "$@"
}

# The executable does the rest. Standard input may be this very script, which it must not eat.
hand_over() {
  executable=$1
  shift
  "$executable" version >/dev/null 2>&1 || fail "bzzz does not run on this machine ($(uname -s) $(uname -m))." "See what it says: $executable version"
  "$executable" install "$@" </dev/null
}

remove() {
  for bzzz in /usr/local/bin/bzzz "$HOME/.local/bin/bzzz"; do
    [ -x "$bzzz" ] || continue
    [ "$bzzz" = /usr/local/bin/bzzz ] && [ "$(id -u)" -ne 0 ] && continue
    "$bzzz" uninstall "$@"
    return
  done
  [ -x /usr/local/bin/bzzz ] && fail 'bzzz is installed for the whole machine.' 'Remove it as root: sudo bzzz uninstall'
  say 'bzzz is not installed here.'
}

# linux-x64, linux-x64-baseline, linux-arm64, each also with -musl; the names that build/targets.ts gives them.
target_here() {
  case $(uname -s) in
    Linux) ;;
    Darwin) fail 'on macOS bzzz does not install itself yet.' 'Unpack the darwin archive of the release and start it: ./bzzz run' ;;
    *) fail "bzzz is not built for $(uname -s)." 'It runs on Linux and macOS.' ;;
  esac
  case $(uname -m) in
    x86_64 | amd64)
      target=linux-x64
      grep -qw avx2 /proc/cpuinfo 2>/dev/null || target=linux-x64-baseline
      ;;
    aarch64 | arm64) target=linux-arm64 ;;
    *) fail "bzzz is not built for $(uname -m)." 'It runs on x86_64 and arm64.' ;;
  esac
  if is_musl; then target=$target-musl; fi
  printf '%s\n' "$target"
}

is_musl() {
  # The loader of glibc decides where both are installed.
  for loader in /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1; do [ -e "$loader" ] && return 1; done
  for loader in /lib/ld-musl-*; do [ -e "$loader" ] && return 0; done
  return 1
}

# A folder of our own with room for archive and executable, from which programs may be started: /tmp is often mounted so that they may not.
stage() {
  folder=
  needed_kb=180000
  tried=
  for place in "${TMPDIR:-/tmp}" /var/tmp "${HOME:-/}/.cache" "${HOME:-/}" /opt; do
    if ! [ -d "$place" ] || ! [ -w "$place" ]; then continue; fi
    free_kb=$(df -Pk "$place" 2>/dev/null | awk 'NR == 2 { print $4 }')
    [ "${free_kb:-0}" -ge "$needed_kb" ] || { tried="$tried $place ($((${free_kb:-0} / 1000)) MB free)"; continue; }
    folder=$(mktemp -d "$place/bzzz-install.XXXXXX" 2>/dev/null) || { folder=; continue; }
    trap 'rm -rf "$folder"' EXIT
    trap 'exit 130' HUP INT TERM
    printf '#!/bin/sh\nexit 0\n' >"$folder/try"
    chmod 700 "$folder/try"
    "$folder/try" 2>/dev/null && { rm -f "$folder/try"; return; }
    tried="$tried $place (no programs may be started there)"
    rm -rf "$folder"
    folder=
  done
  fail "no folder has room for the download and lets programs start: it takes $((needed_kb / 1000)) MB.${tried:+ Looked at:$tried.}" \
    'Free some space, or name another folder: TMPDIR=/folder sh install.sh'
}

# obtain NAME: a file of the release into our folder.
obtain() {
  case $release in
    http://* | https://*)
      if has curl; then
        curl -fsSL --retry 2 -o "$folder/$1" "${release%/}/$1" || fail "${release%/}/$1 cannot be downloaded (curl: $?)." 'Check the address and the network, then run this again.'
      elif has wget; then
        # GNU's tries twenty times, busybox's knows no number.
        tries=
        if wget --help 2>&1 | grep -q -e --tries; then tries=--tries=2; fi
        wget -q ${tries:+"$tries"} -O "$folder/$1" "${release%/}/$1" || fail "${release%/}/$1 cannot be downloaded (wget: $?)." 'Check the address and the network, then run this again.'
      else
        fail 'neither curl nor wget is there.' 'Install one of them, or bring the release in a folder: BZZZ_RELEASE=/folder sh install.sh'
      fi
      ;;
    *)
      [ -f "$release/$1" ] || fail "there is no $release/$1." 'BZZZ_RELEASE names the folder with the archives of the release, or its URL.'
      cp "$release/$1" "$folder/$1" || fail "$release/$1 cannot be copied." 'Is it readable, and is there space left?'
      ;;
  esac
}

# The release's own list must be signed by the key in this script, and must say what this script says.
check_signature() {
  [ -n "$key" ] || { say 'This release is not signed; only its sums are checked.'; return; }
  if ! has openssl || ! openssl pkeyutl -help 2>&1 | grep -q -e -rawin; then
    say 'No openssl that knows Ed25519 is here; only the sums are checked.'
    return
  fi
  obtain SHA256SUMS
  obtain SHA256SUMS.sig
  printf '%s\n' "$key" >"$folder/key.pem"
  openssl pkeyutl -verify -rawin -pubin -inkey "$folder/key.pem" -in "$folder/SHA256SUMS" -sigfile "$folder/SHA256SUMS.sig" >/dev/null 2>&1 ||
    fail 'the signature of the release is wrong.' 'Somebody changed SHA256SUMS or its signature. Nothing was installed.'
  [ "$(cat "$folder/SHA256SUMS")" = "$sums" ] || fail 'this install.sh belongs to another release than the archives.' \
    'Take install.sh from the same place as the archives.'
}

sha256() {
  if has sha256sum; then sha256sum "$1"; elif has shasum; then shasum -a 256 "$1"; elif has openssl; then openssl dgst -sha256 -r "$1"; else
    fail 'nothing here computes a sha256.' 'Install coreutils or openssl, then run this again.'
  fi | awk '{ print $1 }'
}

main "$@"
