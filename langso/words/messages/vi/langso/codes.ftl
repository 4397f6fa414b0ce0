codes-text-too-long = Nội dung dài quá { $most } ký tự, không thể là một mã QR; hãy kiểm tra lại.
