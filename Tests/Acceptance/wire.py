"""A tap on the line between an agency's client and the hub: what an eavesdropper sees, and what is inside."""
import socket, threading
import zmq
from session import BYE, keys


class Wire:
    """Takes an agency's connections in the hub's name and goes on to the hub in the agency's.

    It has both secret keys, which nobody on the network has: so the run can look into the very frames of the real client. The
    bytes that go over the socket are kept as they are as well.
    """

    def __init__(self, county, agency, endpoint):
        self.sealed, self.opened, self.over = [], [], threading.Event()
        self.hub, self.own = keys(county.path("keys", "hub.key")), keys(county.path("agencies", agency, "agency.key"))
        self.target, self.ready = endpoint, threading.Event()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"tcp://127.0.0.1:{self.door.getsockname()[1]}"
        self.threads = [threading.Thread(target=each, daemon=True) for each in (self.relay, self.accept)]
        for thread in self.threads:
            thread.start()
        self.ready.wait(10)

    def accept(self):
        self.ready.wait(10)
        while not self.over.is_set():
            try:
                near, _ = self.door.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.inner))
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self.pump, args=(source, sink), daemon=True).start()

    def pump(self, source, sink):
        try:
            while piece := source.recv(65_536):
                self.sealed.append(piece)
                sink.sendall(piece)
        except OSError:
            pass
        for each in (source, sink):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def relay(self):
        context = zmq.Context.instance()
        server = context.socket(zmq.ROUTER)
        server.linger, server.curve_server = 0, True
        server.curve_publickey, server.curve_secretkey = self.hub
        self.inner = server.bind_to_random_port("tcp://127.0.0.1")
        self.ready.set()
        poller, lines = zmq.Poller(), {}
        poller.register(server, zmq.POLLIN)
        while not self.over.is_set():
            for ready, _ in poller.poll(100):
                if ready is server:
                    name, *frames = server.recv_multipart()
                    if name not in lines:
                        line = lines[name] = context.socket(zmq.DEALER)
                        line.linger, line.curve_serverkey = 1000, self.hub[0]
                        line.curve_publickey, line.curve_secretkey = self.own
                        line.connect(self.target)
                        poller.register(line, zmq.POLLIN)
                    self.opened += frames
                    lines[name].send_multipart(frames)
                    if frames[0][3] == BYE:
                        poller.unregister(lines[name])
                        lines.pop(name).close()
                else:
                    name = next(name for name, line in lines.items() if line is ready)
                    frames = ready.recv_multipart()
                    self.opened += frames
                    server.send_multipart([name, *frames])
        for each in [server, *lines.values()]:
            each.close(0)

    def close(self):
        self.over.set()
        self.door.close()
        self.threads[0].join(5)
