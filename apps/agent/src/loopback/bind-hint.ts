/** Why a loopback address could not be bound, and what the person who runs the agent can do about it. */
export function bindHint(error: unknown, address: string, port: number, platform = process.platform): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'EACCES':
      return (
        `port ${port} needs a privilege: allow it to everyone with "sysctl -w net.ipv4.ip_unprivileged_port_start=${port}", ` +
        'give the agent the capability CAP_NET_BIND_SERVICE, start it with authbind, or choose a port from 1024 for the service'
      );
    case 'EADDRINUSE':
      return (
        'another program listens there: names on loopback belong to one agent of a machine, container or pod, ' +
        'which all programs in it then share'
      );
    case 'EADDRNOTAVAIL':
      return platform === 'darwin'
        ? `macOS has only 127.0.0.1 on its loopback: add this address with "sudo ifconfig lo0 alias ${address}"`
        : `${address} is no address of this machine: only Linux has all of 127.0.0.0/8 on its loopback, elsewhere it must be added`;
    default:
      return cause instanceof Error ? cause.message : String(cause);
  }
}
