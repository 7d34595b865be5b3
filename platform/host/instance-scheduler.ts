import type { HostProcess } from './host-process.ts';

/** A live host with what the platform knows of it. */
export type LiveHost = {
  number: number;
  process: HostProcess;
  inFlight: number;
  /** A draining host takes nothing new and leaves when its last invocation ends. */
  draining: boolean;
  /** Function names whose current definition it was told. */
  defined: Set<string>;
  /** Modules that nobody will use again; they cannot be unloaded, so many of them end the host. */
  abandonedModules: number;
};

/** Room for invocations of one function on one host: one module copy there. */
export type Seat = { host: LiveHost; name: string; instance: number; inFlight: number; loaded: boolean };

/**
 * `several`: one module per function and host, shared by up to `concurrency` invocations at once (Lambda Managed
 * Instances). `single`: one invocation at a time per module, and up to `instancesPerFunction` modules (ordinary
 * Lambda); what exceeds them waits.
 */
export type Concurrency =
  | { mode: 'several'; concurrency: number }
  | { mode: 'single'; instancesPerFunction: number };

export type Seats = {
  /** A seat with room, its in-flight counts raised; undefined when the function must wait. */
  take: (name: string, hosts: readonly LiveHost[]) => Seat | undefined;
  release: (seat: Seat) => void;
  /** Forgets the seats of a host that is gone or draining. */
  dropHost: (host: LiveHost) => void;
  /** Forgets the seats of a function whose bundle changed. */
  dropFunction: (name: string) => void;
};

/**
 * A function stays on its home host, so that each bundle is usually loaded once, until that host is busier than
 * the idlest one by this many invocations.
 */
const SPILL_AT = 4;

/** Decides where invocations run. `homeOf` spreads the functions evenly over host numbers. */
export function seatPlan(concurrency: Concurrency, homeOf: (name: string) => number): Seats {
  const seats = new Map<string, Seat[]>();
  let instances = 0;

  const seatsOf = (name: string) => {
    const known = seats.get(name);
    if (known !== undefined) return known;
    const made: Seat[] = [];
    seats.set(name, made);
    return made;
  };

  const chooseHost = (name: string, hosts: readonly LiveHost[]) => {
    let idlest: LiveHost | undefined;
    for (const host of hosts) {
      if (!host.draining && (idlest === undefined || host.inFlight < idlest.inFlight)) idlest = host;
    }
    const home = hosts.find((host) => !host.draining && host.number === homeOf(name));
    if (home === undefined || idlest === undefined) return idlest;
    return home.inFlight - idlest.inFlight > SPILL_AT ? idlest : home;
  };

  const seatFor = (name: string, hosts: readonly LiveHost[]): Seat | undefined => {
    const own = seatsOf(name);
    if (concurrency.mode === 'several') {
      const host = chooseHost(name, hosts);
      if (host === undefined) return undefined;
      const seat = own.find((candidate) => candidate.host === host);
      if (seat !== undefined) return seat.inFlight < concurrency.concurrency ? seat : undefined;
      return newSeat(own, host, name, 0);
    }
    const free = own.find((seat) => seat.inFlight === 0);
    if (free !== undefined) return free;
    if (own.length >= concurrency.instancesPerFunction) return undefined;
    const host = chooseHost(name, hosts);
    if (host === undefined) return undefined;
    instances += 1;
    return newSeat(own, host, name, instances);
  };

  return {
    take(name, hosts) {
      const seat = seatFor(name, hosts);
      if (seat === undefined) return undefined;
      seat.inFlight += 1;
      seat.host.inFlight += 1;
      return seat;
    },
    release(seat) {
      seat.inFlight -= 1;
      seat.host.inFlight -= 1;
    },
    dropHost(host) {
      for (const [name, own] of seats) {
        seats.set(
          name,
          own.filter((seat) => seat.host !== host),
        );
      }
    },
    dropFunction: (name) => void seats.delete(name),
  };
}

function newSeat(own: Seat[], host: LiveHost, name: string, instance: number): Seat {
  const seat = { host, name, instance, inFlight: 0, loaded: false };
  own.push(seat);
  return seat;
}
