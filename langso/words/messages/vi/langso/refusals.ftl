refusals-see-help =
    { $said }
    Xem cách dùng: { $command } --help
refusals-cannot-open = Không mở được tệp «{ $file }»; hãy kiểm tra tên tệp và quyền đọc.
refusals-option-use = Tuỳ chọn «{ $option }» dùng chưa đúng; hãy xem có thiếu giá trị đi sau nó không.
refusals-no-command = Không có việc này; các việc làm được: { $commands }.
refusals-parts = Lệnh thừa hoặc thiếu phần; hãy kiểm tra lại.
refusals-a-parameter = Một tham số
refusals-missing = Còn thiếu { $what }; hãy thêm vào lệnh.
refusals-wrong = { $what } chưa đúng: { $wanted }.
refusals-choose = hãy chọn một trong { $choices }
refusals-no-path = không có tệp hay thư mục này, hoặc không đọc được; hãy kiểm tra lại tên
refusals-bad-path = không dùng được đường dẫn này; hãy kiểm tra tên và quyền ghi
refusals-number = hãy cho một số
refusals-check-value = hãy kiểm tra lại giá trị
refusals-or = { " " }hay{ " " }
refusals-no-option-near = Không có tuỳ chọn «{ $option }»; có phải ý là { $near }?
refusals-no-option = Không có tuỳ chọn «{ $option }».
refusals-number-from = hãy cho một số từ { $least }
refusals-number-to = hãy cho một số đến { $most }
refusals-number-from-to = hãy cho một số từ { $least } đến { $most }
