//! How the allocator treats the memory of bodies.

/// More than any buffer of a connection, and than the bodies in flight at a usual moment.
const LARGEST_REUSED_BYTES: usize = 16 * 1024 * 1024;

/// Makes glibc's allocator keep freed memory of the size of a connection's buffers for the next body.
///
/// It maps each allocation of 128 KiB and more anew and gives it back when it is freed, which costs
/// more than reading a body into it. But once a larger one was freed, it keeps smaller ones, up to
/// twice that size of them in all (mallopt(3), "dynamic mmap threshold"). This one is never written,
/// so it takes no memory.
pub(crate) fn keep_freed_memory() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(
        LARGEST_REUSED_BYTES,
    )));
}
