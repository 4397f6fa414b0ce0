installed-port-used = Port { $port } is used by another program; stop it or choose another port with --port.
installed-program-missing = The program { $program } is missing; install it with: apt-get install { $package }
installed-other-package = This machine has the package langso-{ $installed }, not “{ $asked }”; one role a machine.
installed-other-role = This machine has the role “{ $settled }” ({ $settings }), not “{ $known }”; one role a machine, use another one.
installed-needs-root = This needs an administrator; run: sudo langso setup
installed-not-debian = This machine is not Debian, Ubuntu or Raspberry Pi OS; Làng Số can only be installed on those.
