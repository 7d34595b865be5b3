import type { HostProcess } from './host-process.ts';

/** A running host. */
export type LiveHost = {
  number: number;
  process: HostProcess;
  inFlight: number;
  /** A draining host accepts no new invocations and exits when its last one ends. */
  draining: boolean;
  /** Functions whose current definition the host has. */
  defined: Set<string>;
  /** Loaded modules that are not used any more. */
  unusedModules: number;
};

/** One loaded module of a function on a host: what Lambda calls an execution environment. */
export type Instance = { host: LiveHost; name: string; number: number; inFlight: number; loaded: boolean };

/**
 * `several`: one module per function and host, shared by up to `concurrency` invocations at once (Lambda Managed
 * Instances). `single`: one invocation at a time per module, and up to `instancesPerFunction` modules (ordinary
 * Lambda); further invocations wait.
 */
export type Concurrency =
  | { mode: 'several'; concurrency: number }
  | { mode: 'single'; instancesPerFunction: number };

export type InstanceScheduler = {
  /** Assigns an instance and counts the invocation as in flight; undefined when the function must wait. */
  take: (name: string, hosts: readonly LiveHost[]) => Instance | undefined;
  release: (instance: Instance) => void;
  /** Removes the instances of a host that has exited or is draining. */
  dropHost: (host: LiveHost) => void;
  /** Removes the instances of a function whose bundle changed. */
  dropFunction: (name: string) => void;
};

/**
 * A function stays on its home host, so that each bundle is usually loaded once, until that host is busier than
 * the idlest one by this many invocations.
 */
const spillThreshold = 4;

/** Decides where invocations run. `homeOf` distributes the functions evenly over host numbers. */
export function instanceScheduler(
  concurrency: Concurrency,
  homeOf: (name: string) => number,
): InstanceScheduler {
  const byFunction = new Map<string, Instance[]>();
  let instances = 0;

  const instancesOf = (name: string) => {
    const known = byFunction.get(name);
    if (known !== undefined) return known;
    const created: Instance[] = [];
    byFunction.set(name, created);
    return created;
  };

  const chooseHost = (name: string, hosts: readonly LiveHost[]) => {
    let idlest: LiveHost | undefined;
    for (const host of hosts) {
      if (!host.draining && (idlest === undefined || host.inFlight < idlest.inFlight)) idlest = host;
    }
    const home = hosts.find((host) => !host.draining && host.number === homeOf(name));
    if (home === undefined || idlest === undefined) return idlest;
    return home.inFlight - idlest.inFlight > spillThreshold ? idlest : home;
  };

  const instanceFor = (name: string, hosts: readonly LiveHost[]): Instance | undefined => {
    const own = instancesOf(name);
    if (concurrency.mode === 'several') {
      const host = chooseHost(name, hosts);
      if (host === undefined) return undefined;
      const instance = own.find((candidate) => candidate.host === host);
      if (instance !== undefined) return instance.inFlight < concurrency.concurrency ? instance : undefined;
      return addInstance(own, host, name, 0);
    }
    const free = own.find((instance) => instance.inFlight === 0);
    if (free !== undefined) return free;
    if (own.length >= concurrency.instancesPerFunction) return undefined;
    const host = chooseHost(name, hosts);
    if (host === undefined) return undefined;
    instances += 1;
    return addInstance(own, host, name, instances);
  };

  return {
    take(name, hosts) {
      const instance = instanceFor(name, hosts);
      if (instance === undefined) return undefined;
      instance.inFlight += 1;
      instance.host.inFlight += 1;
      return instance;
    },
    release(instance) {
      instance.inFlight -= 1;
      instance.host.inFlight -= 1;
    },
    dropHost(host) {
      for (const [name, own] of byFunction) {
        byFunction.set(
          name,
          own.filter((instance) => instance.host !== host),
        );
      }
    },
    dropFunction: (name) => void byFunction.delete(name),
  };
}

function addInstance(own: Instance[], host: LiveHost, name: string, number: number): Instance {
  const instance = { host, name, number, inFlight: 0, loaded: false };
  own.push(instance);
  return instance;
}
