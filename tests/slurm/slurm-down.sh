#!/usr/bin/env bash
# Stop the daemons that slurm-up.sh started and remove its links: ROOT=<folder> slurm-down.sh
for pidfile in "$ROOT/slurmd.pid" "$ROOT/slurmctld.pid" "$ROOT/munge/pid"; do
    pid=$(cat "$pidfile" 2> /dev/null) && kill "$pid" || continue
    for _ in $(seq 50); do kill -0 "$pid" 2> /dev/null || break; sleep 0.2; done
done
for name in slurm gres cgroup; do
    if [ "$(readlink "/etc/slurm/$name.conf")" = "$ROOT/$name.conf" ]; then rm "/etc/slurm/$name.conf"; fi
done
