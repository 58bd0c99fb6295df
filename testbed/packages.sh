# shellcheck shell=bash
# Debian packages unpacked into a folder, without root and without touching the system. Sourced.
#
# Programs of another release of Debian bring their own libc, and are patched to use it: so their
# daemons, and the jobs they start, are ordinary processes of this machine.

LIBRARIES=usr/lib/x86_64-linux-gnu

# unpack SUITE NAME TARGET PACKAGE...: fetched once, then kept in the cache while the list is the same.
unpack() {
  local suite=$1 name=$2 target=$3 tarball made
  case $target in *[[:space:]]*) die "$target: the path of the state may not have spaces" ;; esac
  shift 3
  need zstd zstd
  tarball=$CACHE/$name-$(echo "$suite $*" | cksum | cut -d ' ' -f 1).tar.zst
  if [ ! -s "$tarball" ]; then
    made=$CACHE/$name.making
    rm -rf "$made"
    mkdir -p "$made/root"
    fetch "$suite" "$made" "$@"
    for deb in "$made"/archives/*.deb; do dpkg-deb -x "$deb" "$made/root"; done
    merge_usr "$made/root"
    rm -rf "$made"/root/usr/share/{doc,man,locale,lintian,bug,i18n} "$made/root/var" \
      "$made/root/$LIBRARIES/gconv"
    tar -C "$made/root" --zstd -cf "$tarball.part" . && mv "$tarball.part" "$tarball"
    rm -rf "$made"
  fi
  rm -rf "$target"
  mkdir -p "$target"
  tar -C "$target" --zstd -xf "$tarball"
}

# fetch SUITE FOLDER PACKAGE...: downloads from the mirror that this machine uses, in an apt of its own.
fetch() {
  local suite=$1 apt=$2 mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  shift 2
  mirror=${HEPBATCH_TESTBED_MIRROR:-$(apt-get indextargets --format '$(SITE)' | grep -v security | head -n 1)}
  [ -n "$mirror" ] || die "apt knows no mirror; name one with HEPBATCH_TESTBED_MIRROR"
  mkdir -p "$apt"/{lists/partial,archives/partial,dpkg}
  : >"$apt/dpkg/status"
  echo "deb [arch=amd64 signed-by=$keyring] $mirror $suite main" >"$apt/sources.list"
  local options=(-qq -o Dir::State="$apt" -o Dir::State::Lists="$apt/lists"
    -o Dir::State::status="$apt/dpkg/status" -o Dir::Cache="$apt"
    -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o Dir::Etc::preferencesparts=/dev/null -o Dir::Etc::preferences=/dev/null
    -o APT::Update::Post-Invoke= -o APT::Architecture=amd64 -o APT::Sandbox::User=
    -o Acquire::Languages=none)
  say "downloading $# packages of Debian $suite"
  apt-get "${options[@]}" update >&2
  (cd "$apt/archives" && apt-get "${options[@]}" download "$@" >&2)
}

# merge_usr ROOT: older packages still have /bin, /sbin and /lib beside /usr.
merge_usr() {
  local dir
  for dir in bin sbin lib lib64; do
    [ -d "$1/$dir" ] && [ ! -L "$1/$dir" ] || continue
    mkdir -p "$1/usr/$dir"
    cp -a "$1/$dir/." "$1/usr/$dir/"
    rm -rf "${1:?}/$dir"
  done
}

# patch_programs ROOT LIBPATH FILE...: makes each ELF program use the loader and libraries of ROOT.
patch_programs() {
  local root=$1 libraries=$2 loader file
  shift 2
  loader=$(find "$root/usr" -type f -name 'ld-linux-x86-64.so.2' | head -n 1)
  for file in "$@"; do
    [ -f "$file" ] && [ ! -L "$file" ] && [ "${file##*/}" != patchelf ] || continue
    case $file in *.so | *.so.*) continue ;; esac
    [ "$(head -c 4 "$file" | od -An -c | tr -d ' ')" = '177ELF' ] || continue
    # RPATH, not RUNPATH: it must also serve what the libraries themselves need.
    "$loader" --library-path "$libraries" "$root/usr/bin/patchelf" --set-interpreter "$loader" \
      --force-rpath --set-rpath "$libraries" "$file"
  done
}

# wrap FOLDER VARIABLE VALUE PROGRAM...: scripts of the same names that set one variable and exec.
wrap() {
  local folder=$1 variable=$2 value=$3 program name
  shift 3
  mkdir -p "$folder"
  for program in "$@"; do
    name=$folder/${program##*/}
    printf '#!/bin/sh\n%s=%s\nexport %s\nexec %s "$@"\n' "$variable" "$value" "$variable" "$program" >"$name.new"
    chmod 755 "$name.new"
    mv -f "$name.new" "$name"
  done
}
