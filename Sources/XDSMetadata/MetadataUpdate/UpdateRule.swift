/// One demand on a trigger of an update. A rule judges by itself: it also runs when others failed, and says nothing
/// about triggers and faults that belong to another rule.
protocol UpdateRule: Sendable {
    /// Everything that breaks the rule, given the registry as the triggers before have made it; empty if nothing does.
    func check(_ trigger: UpdateTrigger, against draft: UpdateDraft) -> [RegistryError]
}
