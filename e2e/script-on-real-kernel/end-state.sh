#!/bin/sh
# Prints the state of the drive nvme0 and of its functions.
nvme list-secondary /dev/nvme0
nvme primary-ctrl-caps /dev/nvme0
for function in /sys/bus/pci/devices/0000:01:*; do
  name=${function##*/}
  for file in sriov_numvfs sriov_totalvfs sriov_drivers_autoprobe driver_override; do
    [ -r "$function/$file" ] && echo "$name $file $(cat "$function/$file")"
  done
  [ -e "$function/driver" ] && echo "$name driver $(basename "$(readlink "$function/driver")")"
  for controller in "$function"/nvme/nvme*; do
    [ -e "$controller" ] || continue
    echo "$name ${controller##*/} cntlid $(cat "$controller/cntlid") $(cat "$controller/state")"
  done
done
for link in /sys/bus/pci/devices/0000:01:00.0/virtfn*; do echo "${link##*/} $(readlink "$link")"; done
