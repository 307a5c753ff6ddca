import CLibXML2

/// Process-wide preparation of libxml2, done once before its first use.
enum XMLLibrary {
    private static let initialized: Void = {
        xmlInitParser()
        // Whatever part of libxml2 asks for an external entity, a schema or an include: never over the network.
        xmlSetExternalEntityLoader { url, identifier, context in
            xmlNoNetExternalEntityLoader(url, identifier, context)
        }
    }()

    /// Initialises the library on the first call, and silences the error channels of the calling thread.
    static func enter() {
        _ = initialized
        clibxml2_silence_thread()
    }
}
