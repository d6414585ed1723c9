import ArgumentParser

@main
struct Liandong: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The linkage hub for public complaints (群众诉求信息联动)."
    )
}
