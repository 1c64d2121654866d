//! The embedded files of the page.

const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// An embedded file of the page.
pub(super) struct Asset {
    pub(super) path: &'static str,
    pub(super) media_type: &'static str,
    pub(super) content: &'static str,
}

/// Embeds files of a folder under the same names at a path.
macro_rules! assets {
    ($media_type:expr, $path:literal, $folder:literal, [$($name:literal),* $(,)?]) => {
        &[$(Asset {
            path: concat!($path, $name),
            media_type: $media_type,
            content: include_str!(concat!($folder, $name)),
        }),*]
    };
}

pub(super) const ASSETS: [&[Asset]; 4] = [
    assets!(CSS, "/", "../../assets/", ["page.css"]),
    assets!(SVG, "/", "../../assets/", ["favicon.svg"]),
    assets!(
        JAVASCRIPT,
        "/",
        "../../assets/",
        [
            "customer.js",
            "desk.js",
            "dom.js",
            "network.js",
            "page-texts.js",
            "page.js"
        ]
    ),
    // The browser package.
    assets!(
        JAVASCRIPT,
        "/web/",
        "../../../../web/",
        [
            "element.js",
            "index.js",
            "messages/ar.js",
            "messages/de.js",
            "messages/en.js",
            "messages/es.js",
            "messages/fr.js",
            "messages/id.js",
            "messages/ja.js",
            "messages/ko.js",
            "messages/pt-BR.js",
            "messages/ru.js",
            "messages/th.js",
            "messages/tr.js",
            "messages/zh-CN.js",
            "messages/zh-Hant.js",
            "src/chat-message.js",
            "src/chat-request.js",
            "src/chat.js",
            "src/describe-error.js",
            "src/element/announcer.js",
            "src/element/attributes.js",
            "src/element/chooser.js",
            "src/element/compact.js",
            "src/element/diagnose.js",
            "src/element/dom.js",
            "src/element/element.js",
            "src/element/item.js",
            "src/element/list.js",
            "src/element/memory.js",
            "src/element/overlay.js",
            "src/element/recorder.js",
            "src/element/seen.js",
            "src/element/sources.js",
            "src/element/style.js",
            "src/element/summary.js",
            "src/element/thumbnail.js",
            "src/element/tools.js",
            "src/element/transfer.js",
            "src/element/translation.js",
            "src/file-types.js",
            "src/language.js",
            "src/limits.js",
            "src/precheck.js",
            "src/session.js",
            "src/shrink-photo.js",
            "src/upload-error.js",
            "src/upload-file.js",
            "src/upload.js",
            "src/uploader.js",
            "src/wait.js",
            "src/warn.js",
        ]
    ),
];

pub(super) const PAGE: &str = include_str!("../../assets/index.html");
