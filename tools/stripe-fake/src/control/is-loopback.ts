/** Whether the address is this machine's own: 127.0.0.0/8 or ::1, also as IPv4 within IPv6. */
export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/.test(address);
}
