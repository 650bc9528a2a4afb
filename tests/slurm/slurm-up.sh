#!/usr/bin/env bash
# Start a Slurm of one node with pretended CPUs and two pretended GPUs, without systemd: ROOT=<folder> slurm-up.sh
# Needs root and the Debian packages slurm-wlm and munge. All it writes lies in ROOT, but for the three links in /etc/slurm
# that slurm-down.sh removes: inside a job the executor drops SLURM_CONF, so the configuration must lie there.
set -euo pipefail
# The name that the daemons find for themselves; unlike `hostname -s` this looks nothing up, so it needs no /etc/hosts.
HOST=$(uname --nodename | cut --delimiter=. --fields=1)
mkdir -p "$ROOT"/{state,spool,log,munge} /etc/slurm

# A munge with its own key and socket, so that nothing of the system's is touched.
head -c 1024 /dev/urandom > "$ROOT/munge/key"
chmod 711 "$ROOT" "$ROOT/munge"; chmod 400 "$ROOT/munge/key"; chown -R munge:munge "$ROOT/munge"
runuser -u munge -- /usr/sbin/munged --force --key-file="$ROOT/munge/key" --socket="$ROOT/munge/socket" \
    --pid-file="$ROOT/munge/pid" --log-file="$ROOT/munge/log" --seed-file="$ROOT/munge/seed" &> "$ROOT/log/munged"

cat > "$ROOT/slurm.conf" <<CONF
ClusterName=test
SlurmctldHost=$HOST(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=root
SlurmdUser=root
AuthInfo=socket=$ROOT/munge/socket
StateSaveLocation=$ROOT/state
SlurmdSpoolDir=$ROOT/spool
SlurmctldPidFile=$ROOT/slurmctld.pid
SlurmdPidFile=$ROOT/slurmd.pid
SlurmctldLogFile=$ROOT/log/slurmctld
SlurmdLogFile=$ROOT/log/slurmd
# No cgroups: memory is watched every two seconds, and who takes more than asked for is killed.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=2
JobAcctGatherParams=OverMemoryKill
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SlurmdParameters=config_overrides
ReturnToService=2
MinJobAge=3600
SlurmdTimeout=6
KillWait=5
MailProg=/bin/true
GresTypes=gpu
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
NodeName=$HOST NodeAddr=127.0.0.1 CPUs=16 RealMemory=64000 Gres=gpu:h200:2 State=UNKNOWN
PartitionName=cpu Nodes=$HOST Default=YES MaxTime=1-00:00:00 PriorityTier=1
PartitionName=gpu Nodes=$HOST MaxTime=2-00:00:00 PriorityTier=1
PartitionName=urgent Nodes=$HOST MaxTime=1:00:00 PriorityTier=10 PreemptMode=OFF
CONF
# A GPU must be a device that is there, so these stand in for two.
printf "NodeName=$HOST Name=gpu Type=h200 File=%s\n" /dev/null /dev/zero > "$ROOT/gres.conf"
echo "CgroupAutomount=no" > "$ROOT/cgroup.conf"
# A link that a killed run left behind points nowhere by now.
for name in slurm gres cgroup; do ln --symbolic --force "$ROOT/$name.conf" "/etc/slurm/$name.conf"; done

/usr/sbin/slurmctld &> "$ROOT/log/slurmctld-start"
/usr/sbin/slurmd &> "$ROOT/log/slurmd-start"
for _ in $(seq 300); do
    if sinfo --noheader --format %T 2> "$ROOT/log/sinfo" | grep -qx idle; then exit 0; fi
    sleep 0.2
done
exit 1
