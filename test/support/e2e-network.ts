import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

/** A TCP server for one test. */
export async function withTcp<T>(serve: (socket: Socket) => void, work: (url: string) => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** A proxy: answers every CONNECT with `answer`, or tunnels to a port; all that it received is kept. */
export async function withProxy<T>(
  answer: string | { port: number } | null,
  work: (proxy: { url: string; received(): string; connections(): number }) => Promise<T>,
): Promise<T> {
  let received = '';
  let connections = 0;
  const serve = (socket: Socket) => {
    connections += 1;
    socket.once('data', (bytes: Buffer) => {
      received += bytes.toString('latin1');
      if (answer === null) return;
      if (typeof answer === 'string') {
        socket.end(`HTTP/1.1 ${answer}\r\ncontent-length: 2\r\n\r\n{}`);
        return;
      }
      const target = connect(answer.port, '127.0.0.1').on('error', () => socket.destroy());
      socket.on('close', () => target.destroy());
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      socket
        .on('data', (more: Buffer) => (received += more.toString('latin1')))
        .pipe(target)
        .pipe(socket);
    });
  };
  return withTcp(serve, (url) => work({ url, received: () => received, connections: () => connections }));
}
