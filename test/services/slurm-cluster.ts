import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const PROGRAMS = ['/usr/sbin/slurmctld', '/usr/sbin/slurmd', '/usr/sbin/munged'];

/** Why no SLURM can run here; null when one can. What is missing is installed where that is possible. */
export function whyNoSlurm(): string | null {
  if (process.platform !== 'linux') return 'SLURM runs on Linux';
  if (process.getuid?.() !== 0) return 'starting a SLURM of one’s own needs root';
  if (PROGRAMS.every(existsSync)) return null;
  const install = (...args: string[]) =>
    spawnSync('apt-get', args, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status === 0;
  install('update', '-q');
  return install('install', '-y', '-q', 'slurm-wlm', 'munge') && PROGRAMS.every(existsSync)
    ? null
    : 'slurm-wlm and munge cannot be installed with apt-get';
}

/** A real SLURM of one node, this machine, with everything in a folder of its own. */
export class SlurmCluster {
  readonly folder = mkdtempSync(join(tmpdir(), 'rationale-slurm-'));
  readonly environment = { SLURM_CONF: join(this.folder, 'slurm.conf') };
  private readonly daemons: ChildProcess[] = [];
  /** Whether the authentication service was started for this cluster. */
  private ownMunge = false;

  async start(): Promise<void> {
    const { folder } = this;
    for (const name of ['state', 'spool']) mkdirSync(join(folder, name));
    writeFileSync(this.environment.SLURM_CONF, configuration(folder));
    if (spawnSync('pgrep', ['-x', 'munged']).status !== 0) {
      this.ownMunge = true;
      mkdirSync('/run/munge', { recursive: true });
      spawnSync('chown', ['munge:', '/run/munge']);
      spawnSync('su', ['-s', '/bin/bash', 'munge', '-c', '/usr/sbin/munged']);
    }
    const environment = { ...process.env, ...this.environment };
    for (const program of PROGRAMS.slice(0, 2)) {
      this.daemons.push(spawn(program, ['-D'], { env: environment, stdio: 'ignore' }));
    }
    for (let i = 0; i < 100; i++) {
      if (/idle/.test(this.run('sinfo', '-h', '-o', '%T'))) return;
      await wait(200);
    }
    throw new Error(`The SLURM in ${folder} does not become idle.`);
  }

  /** Runs one of SLURM's programs and gives what it prints. */
  run(program: string, ...args: string[]): string {
    const env = { ...process.env, ...this.environment };
    return spawnSync(program, args, { env, encoding: 'utf8' }).stdout.trim();
  }

  async stop(): Promise<void> {
    this.run('scancel', '--user=root');
    const ended = this.daemons.map((daemon) => new Promise((resolve) => daemon.once('exit', resolve)));
    for (const daemon of this.daemons) daemon.kill('SIGTERM');
    await Promise.race([Promise.all(ended), wait(10_000)]);
    for (const daemon of this.daemons) daemon.kill('SIGKILL');
    if (this.ownMunge) process.kill(Number(readFileSync('/run/munge/munged.pid', 'utf8')));
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function configuration(folder: string): string {
  const host = hostname().split('.')[0] ?? 'localhost';
  const port = 20_000 + (process.pid % 20_000);
  return `ClusterName=rationale
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${port}
SlurmdPort=${port + 1}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
ReturnToService=2
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
SlurmdSpoolDir=${folder}/spool
StateSaveLocation=${folder}/state
NodeName=${host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=1000 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;
}
