installed-port-used = Cổng { $port } đang có chương trình khác dùng; hãy tắt nó hoặc chọn cổng khác bằng --port.
installed-program-missing = Thiếu chương trình { $program }; hãy cài bằng: apt-get install { $package }
installed-other-package = Máy này đã cài gói langso-{ $installed }, không phải «{ $asked }»; mỗi máy một vai trò.
installed-other-role = Máy này đã có vai trò «{ $settled }» ({ $settings }), không phải «{ $known }»; mỗi máy một vai trò, hãy dùng máy khác.
installed-needs-root = Việc này cần quyền quản trị; hãy chạy: sudo langso setup
installed-not-debian = Máy này không phải Debian, Ubuntu hay Raspberry Pi OS; Làng Số chỉ cài được trên các hệ đó.
