//! What programs write in place of a file.

use ccmessaging_core::{Declared, FileType};

use crate::reason;

#[test]
fn a_placeholder_for_a_missing_value_is_not_a_file() {
    for word in [
        "undefined",
        "null",
        "None",
        "[object Object]",
        "[object File]",
        "NaN",
        "undefinedundefined",
        "nullnull",
        "<Buffer ff d8 ff e0 ... 295 more bytes>",
        "b'\\xff\\xd8\\xff\\xe0'",
        "b\"it's\"",
        "{\"type\":\"Buffer\",\"data\":[255,216,255,224]}",
        "[B@1b6d3586",
        "[Ljava.lang.Byte;@1b6d35",
        "java.io.ByteArrayInputStream@1b2c3d",
        "org.example.App$Upload@7",
        "#<File:0x000055d0>",
        "<_io.BufferedReader name='a.jpg'>",
        "[Blob blob]",
        "System.Byte[]",
        "System.IO.MemoryStream",
        "Resource id #5",
        "Instance of 'XFile'",
        r"C:\fakepath\photo.jpg",
        "blob:https://shop.example.com/0b5d",
        "nil",
        "<nil>",
        "(null)",
        "Promise { <pending> }",
        "Blob { size: 295, type: 'image/jpeg' }",
        "java.nio.HeapByteBuffer[pos=0 lim=295 cap=295]",
        "<starlette.datastructures.UploadFile object at 0x7f3c2a>",
        "<coroutine object UploadFile.read at 0x7f3c2a>",
        "<FileStorage: 'photo.jpg' ('image/jpeg')>",
        "<InMemoryUploadedFile: photo.jpg (image/jpeg)>",
        "System.Threading.Tasks.Task`1[System.Byte[]]",
        "System.ReadOnlyMemory<Byte>[295]",
        "Microsoft.AspNetCore.Http.FormFile",
        "39210 bytes",
        "Optional(39210 bytes)",
        "{length = 39210, bytes = 0xffd8ffe0 00104a46 ... ffd90000 }",
        "File: '/data/user/0/app/cache/a.jpg'",
        "{\"uri\":\"file:///a.jpg\",\"type\":\"image/jpeg\",\"name\":\"a.jpg\"}",
        "UploadFile(filename='a.jpg', size=39210, headers=Headers({}))",
        "MultipartFile[field=\"file\", filename=a.jpg, contentType=image/jpeg, size=39210]",
        "PosixPath('/tmp/a.jpg')",
        "Array",
    ] {
        for declared in [
            FileType::Txt.into(),
            FileType::Csv.into(),
            FileType::Jpg.into(),
            Declared::Unknown,
        ] {
            assert_eq!(
                reason(word.as_bytes(), declared),
                Some("damaged_in_transit"),
                "{word}"
            );
        }
    }
    for text in [
        "true",
        "null\n",
        "undefined behaviour",
        "[object]",
        "nonsense",
        "b'a'\nb'b'",
        "<p>Buffer</p>",
        "name@beef",
        "first.last@cafe",
        "Resource id #5 is missing",
        r"C:\Users\photo.jpg",
        "<Buffer>\n</Buffer>",
        "nil desperandum",
        "<p>Meet me at 0x7f</p>",
        "<mailto:ann@example.com>",
        "<Name: Ann>",
        "<Ann: (laughs)>",
        "java.sql.SQLException: duplicate key [orders.id]",
        "System.",
        "System.out.println(1)",
        "Microsoft.",
        "Promise {}",
        "{ }",
        "{}",
        "all 39210 bytes",
        " bytes",
        "Array of values",
    ] {
        assert_eq!(reason(text.as_bytes(), FileType::Txt), None, "{text}");
    }
    let found = reason(b"{}", FileType::Jpg);
    assert_eq!(found, Some("damaged_in_transit"));
}

#[test]
fn the_address_of_a_file_on_a_phone_is_not_a_file() {
    for address in [
        "content://media/external/file/42",
        "ph://106E99A1-4F6A-45A2-B320-B0AD4A8E8473/L0/001",
        "assets-library://asset/asset.JPG?id=106E99A1",
        "file:///data/user/0/com.app/cache/a.csv",
        "file:///storage/emulated/0/Download/a.csv",
        "file:///var/mobile/Containers/Data/a.csv",
    ] {
        let found = reason(address.as_bytes(), FileType::Csv);
        assert_eq!(found, Some("damaged_in_transit"), "{address}");
    }
    for text in [
        "content://media/external/file/42 is an address",
        "file:///data/a.csv\nfile:///data/b.csv",
        "file://server/share/plan.txt",
        "ph: 7.2",
    ] {
        assert_eq!(reason(text.as_bytes(), FileType::Txt), None, "{text}");
    }
}

#[test]
fn bytes_that_are_listed_in_place_of_a_photo_are_called_damaged() {
    for list in [
        "[255 216 255 224 0 16 74 70 73 70 0 1 1 1 0 72]",
        "[-1, -40, -1, -32, 0, 16, 74, 70, 73, 70, 0, 1, 1, 1, 0, 72]",
        "255,216,255,224,0,16,74,70,73,70,0,1,1,1,0,72",
        "ffd8ffe000104a46494600010101004800480000",
        "0xFFD8FFE000104A46494600010101004800480000",
        "Uint8Array(295) [ 255, 216, 255, 224, 0, 16, 74, 70, 73, 70, 0, 1, 1, 1, 0, 72, ... 279 more items ]",
    ] {
        let found = reason(list.as_bytes(), FileType::Jpg);
        assert_eq!(found, Some("damaged_in_transit"), "{list}");
        assert_eq!(reason(list.as_bytes(), FileType::Txt), None, "{list}");
    }
    let found = reason(b"1,2,3\n4,5,6\n7,8,9\n", FileType::Jpg);
    assert_eq!(found, Some("content_mismatch"));
}
