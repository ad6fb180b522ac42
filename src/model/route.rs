//! Routes: which alerts go where.

use super::Hours;

/// What has to hold of an alert for it to go this way; what is empty or `None` holds of all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Route {
    /// Names of watches, of which one has raised it.
    pub watches: Vec<String>,
    /// Tags, of which its feed has one.
    pub tags: Vec<String>,
    /// Names or URLs of feeds, of which one has brought it.
    pub feeds: Vec<String>,
    /// In 0..1; its score reaches it.
    pub min_score: Option<f64>,
    /// It is raised within one of these.
    pub hours: Vec<Hours>,
    /// Names of the targets that are told.
    pub targets: Vec<String>,
    /// Whether the routes behind this one are tried as well.
    pub proceed: bool,
}
