#!/bin/bash
# Gives functions of a drive their resources by a plan, brings them online and binds each to the driver of its guest.
set -euo pipefail

PF=${1:-nvme0}
SYS=$(readlink -f "/sys/class/nvme/$PF/device")
BDF=$(basename "$SYS")
# function:VQ:VI:driver
PLAN="1:4:2:vfio-pci 2:4:2:nvme 3:3:2:vfio-pci 4:2:1:none"
declare -a done_with=()

log() { echo "[bring-up] $*" >&2; }
die() { log "$*"; exit 1; }

in_use() { nvme primary-ctrl-caps "/dev/$PF" -o json | jq -r ".vqfrt - .vqrfa, .vifrt - .virfa" | paste -sd' ' -; }

cntlid_of() {
  nvme list-secondary "/dev/$PF" -o json |
    jq -r --argjson vf "$1" '.["secondary-controllers"][]
      | select(.["virtual-function-number"] == $vf) | .["secondary-controller-identifier"]'
}

assign() {
  local cntlid=$1 rt=$2 count=$3
  nvme virt-mgmt "/dev/$PF" -c "$cntlid" -r "$rt" -a 8 -n "$count" > /tmp/answer ||
    die "CNTLID $cntlid does not take $count of resource $rt"
  grep -q "NRM):0x$count" /tmp/answer || log "CNTLID $cntlid: $(cat /tmp/answer)"
}

hand_over() {
  local address=$1 driver=$2 current=none
  [ -e "/sys/bus/pci/devices/$address/driver" ] &&
    current=$(basename "$(readlink "/sys/bus/pci/devices/$address/driver")")
  [ "$current" = "$driver" ] && return 0
  [ "$current" = none ] || echo "$address" > "/sys/bus/pci/drivers/$current/unbind"
  echo "$driver" > "/sys/bus/pci/devices/$address/driver_override"
  echo "$address" > /sys/bus/pci/drivers_probe
}

[[ -r $SYS/sriov_totalvfs ]] || die "$BDF has no SR-IOV"
total=$(< "$SYS/sriov_totalvfs")
echo 0 > "$SYS/sriov_drivers_autoprobe"
echo $((total + 1)) > "$SYS/sriov_numvfs" 2> /dev/null || log "more than $total functions are refused"

# The primary's own flexible resources, and those of earlier runs, go back first.
echo 0 > "$SYS/sriov_numvfs"
for rt in 0 1; do nvme virt-mgmt "/dev/$PF" -c 0 -r $rt -a 1 -n 0 > /dev/null; done
echo 1 > "$SYS/reset"
for _ in $(seq 50); do nvme id-ctrl "/dev/$PF" > /dev/null 2>&1 && break || sleep 0.2; done
echo "$total" > "$SYS/sriov_numvfs"

nvme virt-mgmt "/dev/$PF" -c "$(cntlid_of 1)" -a 9 > /dev/null 2>&1 &&
  log 'online without resources' || log "refused without resources: $?"

for entry in $PLAN; do
  IFS=: read -r vf vq vi driver <<< "$entry"
  cntlid=$(cntlid_of "$vf")
  assign "$cntlid" 0 "$vq"
  assign "$cntlid" 1 "$vi"
  address=$(basename "$(readlink "$SYS/virtfn$((vf - 1))")")
  case $driver in
    none) log "VF $vf stays offline" ;;
    *)
      nvme virt-mgmt "/dev/$PF" -c "$cntlid" -a 9 > /dev/null
      hand_over "$address" "$driver"
      done_with+=("$vf=$driver")
      ;;
  esac
done

# One function changes its guest: from vfio-pci to the host.
hand_over "$(basename "$(readlink "$SYS/virtfn0")")" nvme
sleep 2

if echo 2 > "$SYS/sriov_numvfs"; then log 'changed while on'; else log "sriov_numvfs is $(< "$SYS/sriov_numvfs")"; fi
nvme list-secondary "/dev/$PF" -o json |
  jq -r '.["secondary-controllers"][] | .["secondary-controller-state"]' |
  awk '{ online += $1 } END { print online " of " NR " online" }'
printf '%s\n' "${done_with[@]}"
echo "in use: $(in_use)"
