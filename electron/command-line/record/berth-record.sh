#!/bin/sh
# Records the NVMe controllers of this Linux host as a capture that Berth opens (docs/capture-format.md).
# POSIX sh: needs no other file. It changes nothing on the host: it reads sysfs and runs the commands of the tables below.
# Lists of words are split on purpose.
# shellcheck disable=SC2086
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH
umask 077
set -uf

usage() {
  cat <<'END'
berth-record.sh [--output FOLDER|FILE.tar.gz] [--anonymize] [--timeout SECONDS]

Records the NVMe controllers of this host: what sysfs, nvme-cli and lspci say of them. Nothing is changed. Run it as
root, or as a user whose sudo asks for no password; otherwise only sysfs and lspci are recorded. What could not be
recorded is printed and stands in missing.tsv of the capture.

  --output PLACE     a folder, or an archive when it ends in .tar.gz or .tgz; must not exist yet
                     (berth-capture-HOST-DATE by default)
  --anonymize        replaces serial numbers, NQNs, UUIDs, NGUIDs, EUI-64s and the name of the host, the same one by
                     the same replacement everywhere, and leaves vendor specific data out
  --timeout SECONDS  limit of each command, 1 to 3600; 30 by default
  --help
END
}

# --- What is asked --------------------------------------------------------------------------------------------------
# Commands of nvme-cli, one a line: for what | file | needed or extra | line up to 2.x | line of 3.x (= the same).
# All are Identify, Get Log Page with Retain Asynchronous Event, Get Features, reading of registers, or lists.
#   host        once
#   controller  each controller
#   function    each controller that is no virtual function
#   registers   the same, on PCI Express only
#   active      each namespace that is attached to the controller
#   allocated   each namespace of the NVM subsystem, through the first of its controllers
commands() {
  cat <<'END'
host|nvme-list.json|extra|list --output-format=json|=
host|nvme-list.txt|extra|list|=
host|nvme-list-v.json|extra|list --verbose --output-format=json|=
host|nvme-list-subsys.json|extra|list-subsys --output-format=json|=
controller|id-ctrl.bin|needed|id-ctrl DEVICE --raw-binary|id ctrl DEVICE --raw-binary
controller|cns14.bin|needed|admin-passthru DEVICE --opcode=0x06 --cdw10=0x14 --data-len=4096 --read --raw-binary|=
controller|cns15.bin|needed|admin-passthru DEVICE --opcode=0x06 --cdw10=0x15 --data-len=4096 --read --raw-binary|=
controller|list-ns.bin|needed|admin-passthru DEVICE --opcode=0x06 --cdw10=0x02 --data-len=4096 --read --raw-binary|=
controller|list-ns-all.bin|needed|admin-passthru DEVICE --opcode=0x06 --cdw10=0x10 --data-len=4096 --read --raw-binary|=
controller|list-ctrl.bin|needed|admin-passthru DEVICE --opcode=0x06 --cdw10=0x13 --data-len=4096 --read --raw-binary|=
controller|id-ctrl.json|extra|id-ctrl DEVICE --output-format=json|id ctrl DEVICE --output-format=json
function|primary-ctrl-caps.json|extra|primary-ctrl-caps DEVICE --output-format=json|id primary-ctrl-caps DEVICE --output-format=json
function|list-secondary.json|extra|list-secondary DEVICE --output-format=json|id secondary-ctrl-list DEVICE --output-format=json
function|feat-07-num-queues.txt|extra|get-feature DEVICE --feature-id=7|=
function|log-02-smart.bin|extra|admin-passthru DEVICE --opcode=0x02 --namespace-id=0xffffffff --cdw10=0x007f8002 --data-len=512 --read --raw-binary|=
function|log-03-firmware.bin|extra|admin-passthru DEVICE --opcode=0x02 --cdw10=0x007f8003 --data-len=512 --read --raw-binary|=
function|log-05-effects.bin|extra|admin-passthru DEVICE --opcode=0x02 --cdw10=0x03ff8005 --data-len=4096 --read --raw-binary|=
registers|show-regs.json|extra|show-regs DEVICE --output-format=json|=
active|nsNSID-id-ns.bin|needed|admin-passthru DEVICE --opcode=0x06 --namespace-id=NSID --cdw10=0x00 --data-len=4096 --read --raw-binary|=
active|nsNSID-ns-descs.bin|extra|admin-passthru DEVICE --opcode=0x06 --namespace-id=NSID --cdw10=0x03 --data-len=4096 --read --raw-binary|=
active|nsNSID-list-ctrl.bin|needed|admin-passthru DEVICE --opcode=0x06 --namespace-id=NSID --cdw10=0x12 --data-len=4096 --read --raw-binary|=
allocated|nsNSID-id-ns-allocated.bin|extra|admin-passthru DEVICE --opcode=0x06 --namespace-id=NSID --cdw10=0x11 --data-len=4096 --read --raw-binary|=
allocated|nsNSID-list-ctrl.bin|needed|admin-passthru DEVICE --opcode=0x06 --namespace-id=NSID --cdw10=0x12 --data-len=4096 --read --raw-binary|=
END
}
# Commands of lspci: file | line.
pci_commands() {
  cat <<'END'
lspci-nn.txt|lspci -nn -D -k
lspci-t.txt|lspci -t
lspci-vvv.txt|lspci -D -vvv -nn -d ::0108
END
}
# Attributes of sysfs.
pci_attributes='vendor device subsystem_vendor subsystem_device class revision numa_node enable sriov_totalvfs
  sriov_numvfs sriov_offset sriov_stride sriov_vf_device sriov_drivers_autoprobe sriov_vf_total_msix driver_override
  reset_method current_link_speed current_link_width max_link_speed max_link_width'
controller_attributes='address cntlid cntrltype dctype firmware_rev hmb kato model numa_node queue_count serial sqsize
  state subsysnqn transport hostnqn hostid'
namespace_attributes='nsid wwid uuid nguid eui size ana_state ana_grpid hidden queue/logical_block_size'
subsystem_attributes='firmware_rev iopolicy model serial subsysnqn subsystype'

# --- Words and options ----------------------------------------------------------------------------------------------
say() { printf 'berth-record: %s\n' "$*" >&2; }
stop() {
  say "$2"
  exit "$1"
}

tab=$(printf '\t')
# Where /sys, /proc and /etc are; only tests set it.
root=${BERTH_RECORD_ROOT-}
place=
limit=30
anonymize=no
while [ $# -gt 0 ]; do
  case $1 in
  --output=*) place=${1#*=} ;;
  --timeout=*) limit=${1#*=} ;;
  --output | --timeout)
    [ $# -gt 1 ] || stop 2 "$1 needs a value; see --help"
    if [ "$1" = --output ]; then place=$2; else limit=$2; fi
    shift
    ;;
  --anonymize) anonymize=yes ;;
  --help | -h)
    usage
    exit 0
    ;;
  *) stop 2 "unknown argument $1; see --help" ;;
  esac
  shift
done
case $limit in
'' | *[!0-9]* | ?????*) stop 2 "--timeout takes 1 to 3600 seconds, not $limit" ;;
esac
[ "$limit" -ge 1 ] && [ "$limit" -le 3600 ] || stop 2 "--timeout takes 1 to 3600 seconds, not $limit"
[ -d "$root/sys/bus" ] || stop 1 'there is no /sys/bus; only a Linux host can be recorded'

began=$(date -u +%Y-%m-%dT%H:%M:%SZ)
host=$(uname -n 2>/dev/null)
if [ -z "$place" ]; then
  place=berth-capture-$(printf %s "$host" | tr -c 'A-Za-z0-9._-' _)-$(date -u +%Y%m%d-%H%M%S)
  [ $anonymize = no ] || place=berth-capture-$(date -u +%Y%m%d-%H%M%S)
fi
# A name that begins with a hyphen would be taken as an option by whatever gets it.
case $place in -*) place=./$place ;; esac
if [ -e "$place" ] || [ -L "$place" ]; then stop 1 "$place exists; choose another --output"; fi

work=${TMPDIR:-/tmp}/berth-record.$$
mkdir -m 700 "$work" || stop 1 "$work cannot be made; set TMPDIR to a folder that can be written to"
ended=no
unfinished=
cleanup() {
  rm -rf "$work"
  [ $ended = no ] || return 0
  # An archive is made at the end, of a folder in $work; a folder that was begun stays, with what it holds.
  [ -z "$unfinished" ] || rm -f "$unfinished"
  [ -z "${out-}" ] || say 'stopped before the end'
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

archive=
case $place in
*.tar.gz | *.tgz)
  archive=$place
  name=${archive##*/}
  name=${name%.tgz}
  name=${name%.tar.gz}
  case $name in '' | -* | .*) name=berth-capture ;; esac
  out=$work/$name
  command -v tar >/dev/null 2>&1 && command -v gzip >/dev/null 2>&1 ||
    stop 1 'tar or gzip is missing; give a folder as --output'
  # Found out before the work, not after it; a file that appears meanwhile is not overwritten.
  (set -C && : >"$archive") 2>/dev/null || stop 1 "$archive cannot be written"
  unfinished=$archive
  ;;
*) out=$place ;;
esac
snapshot=00-recorded
mkdir -p "$out/$snapshot" "$out/versions" || stop 1 "$out cannot be made"

# missing ABOUT WHAT FIX: said here and in the capture.
printf 'kind\tabout\twhat\tfix\n' >"$out/missing.tsv"
missing() {
  printf 'missing\t%s\t%s\t%s\n' "$1" "$2" "$3" >>"$out/missing.tsv"
  say "not recorded: $1: $2. $3"
}
note() {
  printf 'note\t%s\t%s\t\n' "$1" "$2" >>"$out/missing.tsv"
  say "$1: $2"
}

# --- Running --------------------------------------------------------------------------------------------------------
within=
if timeout -k 1 5 true 2>/dev/null; then
  within="timeout -k 5 $limit"
elif timeout 5 true 2>/dev/null; then
  within="timeout $limit"
else
  note 'time limit' 'this host has no timeout command; a command that hangs has to be ended by hand'
fi
printf 'file\texit\tstderr_file\tcommand\n' >"$out/commands.tsv"

# run FILE UNDER WORD PROGRAM ARGUMENTS: standard output becomes FILE; WORD stands for the program in commands.tsv. UNDER
# is what the program runs under. Answers the exit code. Of a command that failed a file is kept where a device refused
# (empty, beside its standard error), and where JSON had been begun.
run() {
  file=$1
  under=$2
  word=$3
  shift 3
  path=$out/$file
  $under "$@" </dev/null >"$path" 2>"$path.stderr"
  code=$?
  errors=
  if [ -s "$path.stderr" ]; then errors=$file.stderr; else rm -f "$path.stderr"; fi
  case $code in
  0) [ -s "$path" ] || rm -f "$path" ;;
  *)
    if [ -n "$errors" ] && grep -qi 'NVMe status' "$path.stderr"; then
      : >"$path"
    else
      # Some versions crash behind the part that matters; a text on how to use nvme is of no use.
      started=
      case $file in *.json) IFS= read -r started <"$path" || : ;; esac
      case $started in '{'* | '['*) ;; *) rm -f "$path" ;; esac
    fi
    ;;
  esac
  shift
  printf '%s\t%s\t%s\t%s\n' "$file" "$code" "$errors" "$word $*" >>"$out/commands.tsv"
  return $code
}

# get VARIABLE FILE: the first line of a file of sysfs, without a process and without blanks at its end.
get() {
  eval "$1="
  [ -r "$2" ] || return 1
  { IFS= read -r "${1?}" <"$2"; } 2>/dev/null
  eval "while :; do case \$$1 in *' ') $1=\${$1% } ;; *) break ;; esac; done"
}

# folders PATTERN: those that match, one a line; nothing where none does.
folders() (
  set +f
  for found in $root$1; do
    if [ -d "$found" ]; then printf '%s\n' "${found#"$root"}"; fi
  done
)

# attributes FOLDER NAME...: PATH<TAB>VALUE of those that can be read.
attributes() {
  folder=$1
  shift
  for attribute; do
    if get value "$root$folder/$attribute"; then printf '%s\t%s\n' "$folder/$attribute" "$value"; fi
  done
}

# links: reads paths, writes PATH<TAB>-> TARGET of those that are links.
links() {
  while IFS= read -r link; do
    [ ! -L "$root$link" ] || printf '%s\n' "$root$link"
  done >"$work/links"
  if [ -s "$work/links" ]; then
    xargs ls -ld <"$work/links" 2>/dev/null | sed -n "s#^.* $root\(/[^ ]*\) -> \(.*\)\$#\1$tab-> \2#p"
  fi
}

# --- Who and what with ----------------------------------------------------------------------------------------------
uname -a >"$out/versions/uname.txt" 2>/dev/null
if [ $anonymize = yes ]; then
  printf '%s host %s\n' "$(uname -s)" "$(uname -r) $(uname -v) $(uname -m)" >"$out/versions/uname.txt"
fi
if [ -r "$root/etc/os-release" ]; then
  sed -n '/^NAME=/p; /^ID=/p; /^VERSION_ID=/p; /^PRETTY_NAME=/p' "$root/etc/os-release" >"$out/versions/os-release.txt"
fi

nvme=$(command -v nvme) || nvme=
lspci=$(command -v lspci) || lspci=
how=none
generation=2
nvme_version=none
if [ -z "$nvme" ]; then
  missing 'admin commands' 'this host has no nvme-cli' 'Install the package nvme-cli and record again'
else
  nvme_version=$("$nvme" version 2>/dev/null </dev/null | sed -n '1s/.*version \([^ ]*\).*/\1/p')
  case $nvme_version in
  [3-9].* | [1-9][0-9].*) generation=3 ;;
  esac
  run versions/nvme.txt "$within" nvme "$nvme" version
  if [ "$(id -u)" = 0 ]; then
    how=$within
  # The limit has to run as root too, or it cannot end what it started; a rule of sudo for nvme alone does not allow it.
  elif [ -n "$within" ] && sudo -n $within "$nvme" version >/dev/null 2>&1 </dev/null; then
    how="sudo -n $within"
  elif sudo -n "$nvme" version >/dev/null 2>&1 </dev/null; then
    how="$within sudo -n"
  else
    missing 'admin commands' 'this is not root, and sudo does not work without a password' \
      'Run it as root, or: sudo sh berth-record.sh'
  fi
fi
if [ -n "$lspci" ]; then run versions/lspci.txt "$within" lspci "$lspci" --version; fi

# --- PCI and sysfs --------------------------------------------------------------------------------------------------
say 'reading sysfs and lspci'
pci=/sys/bus/pci/devices
folders "$pci/*" >"$work/functions"
{
  while IFS= read -r function; do
    attributes "$function" $pci_attributes
    get class "$root$function/class" || class=
    case $class in 0x0108*) printf '%s\n' "$function" >&3 ;; esac
  done <"$work/functions" 3>"$work/nvme-functions"
  {
    while IFS= read -r function; do
      printf '%s\n' "$function/driver" "$function/iommu_group" "$function/physfn"
    done <"$work/functions"
    # A virtual function's link is a folder to whoever follows it.
    folders "$pci/*/virtfn*" | awk '{ n = $0; sub(/.*virtfn/, "", n); print n "\t" $0 }' | sort -n | cut -f 2
  } | links
} >"$out/$snapshot/sysfs-pci.tsv"

class=/sys/class/nvme
folders "$class/nvme*" | sed 's#.*/nvme##' | grep '^[0-9]*$' | sort -n | sed 's/^/nvme/' >"$work/controllers"
{
  sed "s#^#$class/#" "$work/controllers" | links
  while IFS= read -r controller; do
    attributes "$class/$controller" $controller_attributes
    folders "$class/$controller/nvme*n*" >"$work/namespaces"
    while IFS= read -r namespace; do
      printf '%s\tdir\n' "$namespace"
      attributes "$namespace" $namespace_attributes
    done <"$work/namespaces"
  done <"$work/controllers"
  folders '/sys/class/nvme-subsystem/nvme-subsys*' >"$work/subsystems"
  links <"$work/subsystems"
  while IFS= read -r subsystem; do
    attributes "$subsystem" $subsystem_attributes
    folders "$subsystem/nvme*" >"$work/members"
    links <"$work/members"
    while IFS= read -r member; do
      [ ! -L "$root$member" ] || continue
      printf '%s\tdir\n' "$member"
      attributes "$member" $namespace_attributes
    done <"$work/members"
  done <"$work/subsystems"
} >"$out/$snapshot/sysfs-nvme.tsv"

if [ -z "$lspci" ]; then
  missing lspci 'this host has no lspci' 'Install the package pciutils and record again'
else
  # Capabilities are shown to root only.
  privileged=$within
  if [ "$(id -u)" != 0 ] && sudo -n "$lspci" --version >/dev/null 2>&1 </dev/null; then
    privileged="$within sudo -n"
  fi
  pci_commands >"$work/pci-commands"
  while IFS='|' read -r file line; do
    set -- $line
    shift
    run "$snapshot/$file" "$privileged" lspci "$lspci" "$@" ||
      missing "$snapshot/$file" "lspci failed with exit code $code" "See commands.tsv"
  done <"$work/pci-commands"
fi

[ -s "$work/nvme-functions" ] || [ -s "$work/controllers" ] ||
  missing 'NVMe controllers' 'there is none on this host' 'Record a host that has one'
virtual=0
while IFS= read -r function; do
  [ ! -L "$root$function/physfn" ] || virtual=$((virtual + 1))
  address=${function##*/}
  if get total "$root$function/sriov_totalvfs"; then
    get enabled "$root$function/sriov_numvfs"
    [ "${enabled:-0}" != 0 ] || note "$address" "no virtual function is enabled, of $total"
  fi
  driver=
  [ ! -L "$root$function/driver" ] || driver=$(ls -ld "$root$function/driver" | sed 's#.*/##')
  case $driver in
  nvme) ;;
  '') note "$address" 'no driver is bound to it; nothing can be asked' ;;
  *) note "$address" "it is bound to $driver; nothing can be asked through it" ;;
  esac
done <"$work/nvme-functions"

# --- Admin commands -------------------------------------------------------------------------------------------------
commands >"$work/commands"
# ask SCOPE CONTROLLER NSID: runs the commands of a scope; fails when the controller did not answer in time.
ask() {
  while IFS='|' read -r scope file weight old new; do
    [ "$scope" = "$1" ] || continue
    line=$old
    if [ $generation = 3 ] && [ "$new" != = ]; then line=$new; fi
    wanted=$file
    case $wanted in *NSID*) wanted=${wanted%%NSID*}$3${wanted#*NSID} ;; esac
    # What follows NSID and DEVICE in the lines is an option of its own.
    case $line in *NSID*) line="${line%%NSID*}$3${line#*NSID}" ;; esac
    case $line in *DEVICE*) line="${line%%DEVICE*}/dev/$2${line#*DEVICE}" ;; esac
    # A namespace that is attached is among those of the subsystem too.
    if [ "$1" = allocated ] && grep -q "^$snapshot/$2/$wanted$tab" "$out/commands.tsv"; then continue; fi
    ask_one "$snapshot/${2:+$2/}$wanted" "$weight" "$line" || return 1
  done <"$work/commands"
}
ask_one() {
  asked=$1
  weight=$2
  run "$asked" "$how" nvme "$nvme" $3
  case $code in
  0) ;;
  124 | 137)
    missing "$asked" "no answer within $limit s" 'The rest of this controller is left out; record again when it answers'
    return 1
    ;;
  *)
    if [ $weight = needed ] && [ ! -e "$out/$asked" ]; then
      words=
      [ -z "$errors" ] || words=$(sed -n '1s/[[:cntrl:]]/ /g; 1p' "$out/$errors" | cut -c 1-200)
      missing "$asked" "nvme failed with exit code $code${words:+: $words}" 'See commands.tsv'
    fi
    ;;
  esac
  return 0
}

# numbers FILE: the bytes of a file as decimal numbers, one a line.
numbers() { od -An -v -tu1 "$1" | tr -s ' \t' '\n\n' | sed '/^$/d'; }
# namespaces FILE: the identifiers of a namespace list.
namespaces() {
  [ ! -s "$1" ] || numbers "$1" | awk '
    BEGIN { weight[0] = 1; weight[1] = 256; weight[2] = 65536; weight[3] = 16777216 }
    # Without ^: the awk of some small systems has no mathematics.
    { v += $1 * weight[(NR - 1) % 4] }
    NR % 4 == 0 { if (v == 0) exit; printf "%.0f\n", v; v = 0 }'
}
# offline FILE: the virtual functions, from 0, that a secondary controller list has as offline.
offline() {
  [ ! -s "$1" ] || numbers "$1" | awk '
    { b[NR - 1] = $1 }
    END {
      for (k = 0; k < b[0] && k < 127; k++) {
        at = 32 + 32 * k
        vf = b[at + 8] + 256 * b[at + 9]
        if (vf > 0 && b[at + 4] % 2 == 0) print vf - 1
      }
    }'
}

if [ "$how" != none ]; then
  say 'asking nvme-cli for its lists'
  ask host '' '' || :
  # Controllers with virtual functions first: their lists say which of those are offline. A command to a function that is
  # offline under its driver hangs for a minute, cannot be ended, and then costs the controller.
  while IFS= read -r controller; do
    get address "$root$class/$controller/address" || address=
    get total "$root$pci/$address/sriov_totalvfs" || total=0
    if [ "${total:-0}" != 0 ]; then printf '0 %s\n' "$controller"; else printf '1 %s\n' "$controller"; fi
  done <"$work/controllers" >"$work/unordered"
  { sed -n 's/^0 //p' "$work/unordered"; sed -n 's/^1 //p' "$work/unordered"; } >"$work/ordered"
  count=$(awk 'END { print NR }' "$work/ordered")
  number=0
  : >"$work/offline"
  : >"$work/seen"
  while IFS= read -r controller <&4; do
    number=$((number + 1))
    about=$snapshot/$controller
    get state "$root$class/$controller/state" || state=live
    case $state in
    live) ;;
    *)
      missing "$about" "its state is $state" 'Record again when it is live'
      continue
      ;;
    esac
    if grep -qx "$controller" "$work/offline"; then
      missing "$about" 'its secondary controller is offline: a command would hang' 'Bring it online and record again'
      continue
    fi
    say "$number of $count: $controller"
    mkdir -p "$out/$about"
    get address "$root$class/$controller/address" || address=
    get transport "$root$class/$controller/transport" || transport=pcie
    get nqn "$root$class/$controller/subsysnqn" || nqn=
    ask controller "$controller" '' || continue
    if [ ! -L "$root$pci/$address/physfn" ]; then
      offline "$out/$about/cns15.bin" >"$work/offline-functions"
      while IFS= read -r vf; do
        folders "$pci/$address/virtfn$vf/nvme/nvme*" | sed 's#.*/##' >>"$work/offline"
      done <"$work/offline-functions"
      ask function "$controller" '' || continue
      if [ "$transport" = pcie ]; then ask registers "$controller" '' || continue; fi
    fi
    namespaces "$out/$about/list-ns.bin" >"$work/active"
    while IFS= read -r nsid <&5; do
      ask active "$controller" "$nsid" || continue 2
    done 5<"$work/active"
    if [ -n "$nqn" ] && grep -qxF "$nqn" "$work/seen"; then continue; fi
    # A controller without namespace management refuses the list of all; what is attached to it is known at least.
    namespaces "$out/$about/list-ns-all.bin" >"$work/allocated"
    [ -s "$work/allocated" ] || cp "$work/active" "$work/allocated"
    while IFS= read -r nsid <&5; do
      ask allocated "$controller" "$nsid" || continue 2
    done 5<"$work/allocated"
    printf '%s\n' "$nqn" >>"$work/seen"
  done 4<"$work/ordered"
fi

# --- Anonymous ------------------------------------------------------------------------------------------------------
# Lines of KIND<TAB>IDENTIFIER, as often as they occur: serial, nqn, and uuid, nguid, eui as hexadecimal digits.
identifiers() {
  awk -F "$tab" '
    function hex(text) { text = tolower(text); gsub(/[^0-9a-f]/, "", text); return text }
    { name = $1; sub(/.*\//, "", name) }
    name == "serial" { print "serial\t" $2 }
    name == "subsysnqn" || name == "hostnqn" { print "nqn\t" $2 }
    name == "hostid" || name == "uuid" { print "uuid\t" hex($2) }
    name == "nguid" { print "nguid\t" hex($2) }
    name == "eui" { print "eui\t" hex($2) }
    name == "wwid" && $2 ~ /^uuid\./ { print "uuid\t" hex(substr($2, 6)) }
    name == "wwid" && $2 ~ /^eui\./ { h = hex(substr($2, 5)); print (length(h) == 16 ? "eui" : "nguid") "\t" h }
  ' "$out/$snapshot/sysfs-nvme.tsv"
  [ ! -r "$root/etc/nvme/hostnqn" ] || sed "s/^/nqn$tab/" "$root/etc/nvme/hostnqn"
  [ ! -r "$root/etc/nvme/hostid" ] || sed "s/^/uuid$tab/" "$root/etc/nvme/hostid"
  find "$out/$snapshot" -name '*.json' -exec cat {} + | tr ',' '\n' | sed -n \
    -e "s/.*\"SerialNumber\" *: *\"\([^\"]*\)\".*/serial$tab\1/p" \
    -e "s/.*\"sn\" *: *\"\([^\"]*\)\".*/serial$tab\1/p" \
    -e "s/.*\"[A-Za-z ]*NQN\" *: *\"\([^\"]*\)\".*/nqn$tab\1/p" \
    -e "s/.*\"Host *ID\" *: *\"\([^\"]*\)\".*/uuid$tab\1/p" \
    -e "s/.*\"subnqn\" *: *\"\([^\"]*\)\".*/nqn$tab\1/p"
  find "$out/$snapshot" -name '*.bin' | sort | while IFS= read -r binary; do
    numbers "$binary" | awk -v "file=${binary##*/}" "$bytes"'
      END {
        if (n != 4096) exit
        if (file == "id-ctrl.bin") { print "serial\t" text(4, 20); print "nqn\t" text(768, 256) }
        if (file ~ /-id-ns(-allocated)?\.bin$/) { print "nguid\t" digits(104, 16); print "eui\t" digits(120, 8) }
        if (file ~ /-ns-descs\.bin$/)
          for (at = 0; at + 4 <= n && b[at + 1] > 0; at += 4 + b[at + 1])
            if (b[at] in kinds) print kinds[b[at]] "\t" digits(at + 4, b[at + 1])
      }'
  done
}
# For awk: the bytes of a file in b, n of them, and what can be taken from them and put into them.
bytes='
  BEGIN {
    for (i = 32; i < 127; i++) { char[i] = sprintf("%c", i); code[char[i]] = i }
    for (i = 0; i < 256; i++) value[sprintf("%02x", i)] = i
    kinds[1] = "eui"; kinds[2] = "nguid"; kinds[3] = "uuid"
  }
  function text(at, length_, i, found) {
    for (i = at; i < at + length_ && b[i] > 0; i++) found = found (b[i] in char ? char[b[i]] : "?")
    sub(/^ +/, "", found); sub(/ +$/, "", found)
    return found
  }
  function digits(at, length_, i, found) {
    for (i = at; i < at + length_; i++) found = found sprintf("%02x", b[i])
    return found
  }
  function put_text(at, length_, given, pad, i) {
    for (i = 0; i < length_; i++) b[at + i] = i < length(given) ? code[substr(given, i + 1, 1)] : pad
  }
  function put_digits(at, given, i) {
    for (i = 0; 2 * i < length(given); i++) b[at + i] = value[substr(given, 2 * i + 1, 2)]
  }
  function clear(at, end) { for (; at < end; at++) b[at] = 0 }
  $1 == "id" { replacement[$2, $3] = $4; next }
  { b[n++] = $NF + 0 }
'
# identifiers -> KIND<TAB>IDENTIFIER<TAB>REPLACEMENT, each once. A serial number keeps its length where it has six
# characters or more, an NQN its naming authority, an EUI-64 and an NGUID the identifier of the organisation.
replacements() {
  awk -F "$tab" '
    { sub(/^ +/, "", $2); sub(/ +$/, "", $2) }
    $1 == "uuid" { gsub(/-/, "", $2); $2 = tolower($2) }
    $2 == "" || $2 ~ /^0+$/ || seen[$1, $2]++ { next }
    $1 == "serial" {
      number = sprintf("%02d", ++serials)
      size = length($2) < 6 ? 6 : length($2)
      new = substr("ANONYMOUSANONYMOUSAN", 1, size - length(number)) number
    }
    $1 == "nqn" {
      if ($2 ~ /^nqn\.2014-08\.org\.nvmexpress:uuid:/)
        new = sprintf("nqn.2014-08.org.nvmexpress:uuid:00000000-0000-4000-8000-%012x", ++nqns)
      else if (index($2, ":") > 0) new = substr($2, 1, index($2, ":")) "anonymous-" ++nqns
      else next
    }
    $1 == "uuid" { if (length($2) != 32) next; new = sprintf("00000000000040008000%012x", 1048576 + ++uuids) }
    $1 == "nguid" { if (length($2) != 32) next; new = sprintf("0000000000000000%s%010x", substr($2, 17, 6), ++nguids) }
    $1 == "eui" { if (length($2) != 16) next; new = sprintf("%s%010x", substr($2, 1, 6), ++euis) }
    { print $1 "\t" $2 "\t" new }'
}
# replacements -> HOW<TAB>TEXT<TAB>REPLACEMENT, the longest first: anywhere, in a wwid only, or, for a serial number that
# could be a word of something else, only where a serial number stands.
texts() {
  awk -F "$tab" "$bytes"'
    function hex(given, i, found) {
      for (i = 1; i <= length(given); i++) found = found sprintf("%02x", code[substr(given, i, 1)])
      return found
    }
    function dashed(h) {
      return substr(h, 1, 8) "-" substr(h, 9, 4) "-" substr(h, 13, 4) "-" substr(h, 17, 4) "-" substr(h, 21)
    }
    function spaced(h, i, found) {
      for (i = 1; i < length(h); i += 2) found = found (i > 1 ? " " : "") substr(h, i, 2)
      return found
    }
    function pair(how, old, new) { printf "%06d\t%s\t%s\t%s\n", length(old), how, old, new }
    $1 == "serial" {
      plain = length($2) < 6 || $2 ~ /^[0-9]+$/ || $2 ~ /^[A-Za-z]+$/ || $2 ~ /^nvme/
      pair(plain ? "serial" : "anywhere", $2, $3)
      pair("wwid", "-" hex($2) "-", "-" hex($3) "-")
    }
    $1 == "nqn" { pair("anywhere", $2, $3) }
    $1 == "uuid" || $1 == "nguid" { pair("anywhere", dashed($2), dashed($3)) }
    $1 == "uuid" || $1 == "nguid" || $1 == "eui" { pair("anywhere", $2, $3) }
    $1 == "eui" { pair("anywhere", spaced($2), spaced($3)) }
  ' | sort -r | cut -f 2-
}
replace_texts() {
  { sed "s/^/text$tab/" "$work/texts"; sed "s/^/line$tab/" "$1"; } | awk '
    { kind = substr($0, 1, 4); line = substr($0, 6) }
    kind == "text" { split(line, part, "\t"); how[++n] = part[1]; old[n] = part[2]; new[n] = part[3]; next }
    {
      for (i = 1; i <= n; i++) {
        if (index(line, old[i]) == 0) continue
        if (how[i] == "wwid" && line !~ /\/wwid\t/) continue
        if (how[i] == "serial") {
          if (match(line, /\/serial\t|"(sn|SerialNumber|Serial)" *: *"/) == 0) continue
          rest = substr(line, RSTART + RLENGTH)
          if (index(rest, old[i]) != 1 || substr(rest, length(old[i]) + 1) !~ /^ *("|$)/) continue
          line = substr(line, 1, RSTART + RLENGTH - 1) new[i] substr(rest, length(old[i]) + 1)
          continue
        }
        rest = line
        line = ""
        while ((at = index(rest, old[i])) > 0) {
          line = line substr(rest, 1, at - 1) new[i]
          rest = substr(rest, at + length(old[i]))
        }
        line = line rest
      }
      print line
    }' >"$work/replaced" && cat "$work/replaced" >"$1"
}
replace_bytes() {
  { sed "s/^/id$tab/" "$work/replacements"; numbers "$1"; } | awk -F "$tab" -v "file=${1##*/}" "$bytes"'
    function put(kind, at, length_, found) {
      found = digits(at, length_)
      if ((kind, found) in replacement) put_digits(at, replacement[kind, found])
    }
    END {
      if (n != 4096) exit
      if (file == "id-ctrl.bin") {
        found = text(4, 20)
        if (("serial", found) in replacement) put_text(4, 20, replacement["serial", found], 32)
        found = text(768, 256)
        if (("nqn", found) in replacement) put_text(768, 256, replacement["nqn", found], 0)
        clear(112, 128)
        clear(3072, 4096)
      } else if (file ~ /-id-ns(-allocated)?\.bin$/) {
        put("nguid", 104, 16)
        put("eui", 120, 8)
        clear(384, 4096)
      } else if (file ~ /-ns-descs\.bin$/) {
        for (at = 0; at + 4 <= n && b[at + 1] > 0; at += 4 + b[at + 1])
          if (b[at] in kinds) put(kinds[b[at]], at + 4, b[at + 1])
      } else exit
      for (i = 0; i < n; i++) printf "\\%03o", b[i]
    }' >"$work/octal"
  # shellcheck disable=SC2059
  [ ! -s "$work/octal" ] || printf "$(cat "$work/octal")" >"$1"
}

if [ $anonymize = yes ]; then
  say 'replacing identifiers'
  identifiers >"$work/identifiers"
  replacements <"$work/identifiers" >"$work/replacements"
  texts <"$work/replacements" >"$work/texts"
  if grep -q '^serial' "$work/texts" && [ -e "$out/$snapshot/nvme-list.txt" ]; then
    rm "$out/$snapshot/nvme-list.txt"
    note "$snapshot/nvme-list.txt" 'left out: a serial number is so short that it cannot be told from other text'
  fi
  if [ -e "$out/$snapshot/lspci-vvv.txt" ]; then
    sed -e 's/\(Device Serial Number\).*/\1 00-00-00-00-00-00-00-00/' \
      -e 's/\(\[SN\][^:]*: \).*/\1(left out)/' -e 's/\(\[[VY].\][^:]*: \).*/\1(left out)/' \
      "$out/$snapshot/lspci-vvv.txt" >"$work/replaced" && cat "$work/replaced" >"$out/$snapshot/lspci-vvv.txt"
  fi
  find "$out" -type f ! -name '*.bin' >"$work/files"
  while IFS= read -r file; do replace_texts "$file"; done <"$work/files"
  find "$out" -type f -name '*.bin' -size +0 >"$work/files"
  while IFS= read -r file; do replace_bytes "$file"; done <"$work/files"
  # Looked for once more, whatever file it may be in.
  sed -n "s/^anywhere$tab\([^$tab]*\)$tab.*/\1/p" "$work/texts" >"$work/originals"
  if [ -s "$work/originals" ]; then
    find "$out" -type f -exec grep -lF -f "$work/originals" {} + >"$work/left" 2>/dev/null
    while IFS= read -r file <&4; do
      rm -f "$file"
      missing "${file#"$out"/}" 'an identifier could not be replaced in it' 'Record without --anonymize to have it'
    done 4<"$work/left"
  fi
fi

# --- The end --------------------------------------------------------------------------------------------------------
recorded=0
set +f
for folder in "$out/$snapshot"/nvme[0-9]*/; do
  [ ! -d "$folder" ] || recorded=$((recorded + 1))
done
set -f
lacking=$(grep -c '^missing' "$out/missing.tsv")
{
  printf 'key\tvalue\n'
  printf 'format\t1\n'
  printf 'began\t%s\n' "$began"
  printf 'ended\t%s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
  case $how in
  none) printf 'asked-as\tnone\n' ;;
  *sudo*) printf 'asked-as\tsudo\n' ;;
  *) printf 'asked-as\troot\n' ;;
  esac
  printf 'nvme-cli\t%s\n' "${nvme_version:-unknown}"
  printf 'timeout\t%s\n' "$([ -n "$within" ] && printf %s "$limit" || printf none)"
  printf 'anonymized\t%s\n' "$anonymize"
  printf 'controllers\t%s\n' "$recorded"
  printf 'missing\t%s\n' "$lacking"
} >"$out/capture.tsv"

if [ -n "$archive" ]; then
  # Without the name of the user, where this tar can leave it out.
  (cd "$work" && { tar --owner=0 --group=0 --numeric-owner -cf capture.tar "$name" 2>/dev/null ||
    tar -cf capture.tar "$name"; }) && gzip -c "$work/capture.tar" >"$archive" ||
    stop 1 "$archive could not be written"
fi
ended=yes
say "controllers asked: $recorded; not recorded: $lacking"
printf '%s\n' "$place"
